using System.Text.Json;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>The texts of a request that the model reads one by one, each in its own context.</summary>
internal static class PromptItems
{
    /// <summary>
    /// The names of the first text of a rerank or score request. The model reads it again with each of the second texts, also if it is a
    /// list of one text. Source: vllm/entrypoints/pooling/scoring/protocol.py in https://github.com/vllm-project/vllm
    /// </summary>
    public static readonly string[] First = ["query", "queries", "text_1", "data_1"];

    /// <summary>The names of the second texts.</summary>
    public static readonly string[] Second = ["documents", "items", "text_2", "data_2"];

    private const string Content = "content"; // Some versions of vLLM read each part of the content as a text.

    /// <summary>The number of texts, at least 1.</summary>
    public static long Count(RequestJson json, ModelTasks task) => task switch
    {
        ModelTasks.Completions => CountTexts(json, "prompt"),
        ModelTasks.Embeddings => CountTexts(json, "input"),
        ModelTasks.Rerank or ModelTasks.Score => Second.Max(name => CountElements(json, name)),
        _ => 1,
    };

    /// <summary>What the model reads again with each further text.</summary>
    public static PromptSize Repeated(RequestJson json, ModelTasks task)
    {
        var repeated = default(PromptSize);
        if (task is not (ModelTasks.Rerank or ModelTasks.Score))
        {
            return repeated;
        }

        foreach (var name in First)
        {
            // Each text of a longer list is read with one of the second texts.
            var isRepeated = json.Find(name) is not { Type: JsonTokenType.StartArray } || CountElements(json, name) == 1;
            repeated += json.Find(name) is { } member && isRepeated ? PromptSize.Of(json.Value(member)) : default;
        }

        return repeated;
    }

    /// <summary>1 for a list of token ids, which is one text; else the number of elements.</summary>
    public static int CountTexts(RequestJson json, string name)
    {
        var reader = ReadArray(json, name);
        var isOneText = reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.Number;
        return isOneText ? 1 : CountElements(json, name);
    }

    /// <summary>True for an array of token ids, and for an array of such arrays.</summary>
    public static bool IsTokenIds(RequestJson json, string name)
    {
        var reader = ReadArray(json, name);
        while (reader.TokenType == JsonTokenType.StartArray && reader.Read())
        {
            // Finds the first element.
        }

        return reader.TokenType == JsonTokenType.Number;
    }

    // The number of elements of an array, or of the array that is the content of an object; at least 1.
    private static int CountElements(RequestJson json, string name)
    {
        if (name != Content && json.Find(name) is { Type: JsonTokenType.StartObject } item)
        {
            return RequestJson.TryParse(json.Body[item.ValueStart..item.ValueEnd]) is { } inner ? CountElements(inner, Content) : 1;
        }

        var reader = ReadArray(json, name);
        var count = 0;
        while (reader.TokenType != JsonTokenType.None && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            reader.Skip();
        }

        return Math.Max(count, 1);
    }

    // A reader at the start of an array; a reader without a token if the field is not an array.
    private static Utf8JsonReader ReadArray(RequestJson json, string name)
    {
        if (json.Find(name) is not { Type: JsonTokenType.StartArray } member)
        {
            return default;
        }

        var reader = new Utf8JsonReader(json.Value(member), new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        return reader;
    }
}
