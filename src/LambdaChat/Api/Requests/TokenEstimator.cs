using System.Globalization;
using System.Text;
using System.Text.Json;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>Estimates the tokens that a request may use at most.</summary>
internal static class TokenEstimator
{
    /// <summary>The assumed length of a reply, in tokens, if neither the request nor the model limits it.</summary>
    public const int DefaultCompletion = 4096;

    private const int BytesPerToken = 3; // English text has about four bytes per token, Chinese text about three.
    private const int BytesPerTokenId = 2; // The shortest token id in an array: a digit and a comma.
    private const int LongestCompletion = 1 << 20; // Tokens. No model generates more in one choice.
    private const int TemplateTokens = 4096; // A chat template may add a system prompt and tool instructions.
    private const int ImageTokens = 65_536; // A request may refer to images by their URLs.

    private static readonly string[] ChoiceNames = ["n", "best_of"];

    /// <exception cref="InvalidRequestException">A field that counts is not a number.</exception>
    public static TokenEstimate Of(RequestJson json, Model model, ModelTasks task)
    {
        var items = CountItems(json, task);
        var bytes = json.Body.Length + RepeatedBytes(json, task, items);
        var isTokenIds = IsTokenIds(json, "prompt") || IsTokenIds(json, "input");
        var prompt = DivideUp(bytes, isTokenIds ? BytesPerTokenId : BytesPerToken);
        var maximumPrompt = bytes + (items * (model.Images ? ImageTokens : TemplateTokens));
        if (task is not (ModelTasks.Chat or ModelTasks.Completions))
        {
            return new TokenEstimate(prompt, Completion: 0) { MaximumPrompt = maximumPrompt };
        }

        var context = model.ContextLength * items ?? long.MaxValue;
        var limit = FindNumber(json, model, UpstreamRequest.TokenLimits, long.MaxValue) ?? model.MaxTokens;
        var cap = model.MaxTokens ?? model.ContextLength ?? int.MaxValue;
        var choices = FindNumber(json, model, ChoiceNames, RequestLimits.MaximumChoices) ?? 1;
        choices = Math.Min(choices, model.MaxChoices ?? RequestLimits.MaximumChoices) * items;
        return new TokenEstimate(Math.Min(prompt, context), Math.Min(limit ?? DefaultCompletion, cap) * choices)
        {
            MaximumPrompt = Math.Min(maximumPrompt, context),
            MaximumCompletion = Math.Min(limit ?? LongestCompletion, cap) * choices,
        };
    }

    /// <summary>The number of prompts of a completion request: the length of an array of texts or of token arrays, else 1.</summary>
    public static int CountPrompts(RequestJson json) => CountTexts(json, "prompt");

    /// <summary>The number of elements of an array, at least 1.</summary>
    public static int CountElements(RequestJson json, string name)
    {
        var reader = ReadArray(json, name);
        var count = 0;
        while (reader.TokenType != JsonTokenType.None && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            reader.Skip();
        }

        return Math.Max(count, 1);
    }

    // The texts that the model reads one by one.
    private static long CountItems(RequestJson json, ModelTasks task) => task switch
    {
        ModelTasks.Completions => CountPrompts(json),
        ModelTasks.Embeddings => CountTexts(json, "input"),
        ModelTasks.Rerank or ModelTasks.Score => Math.Max(CountElements(json, "documents"), CountElements(json, "text_2")),
        _ => 1,
    };

    // The model reads the query again with each document.
    private static long RepeatedBytes(RequestJson json, ModelTasks task, long items)
    {
        var query = task is ModelTasks.Rerank or ModelTasks.Score ? json.Find("query") ?? json.Find("text_1") : null;
        return query is { Type: JsonTokenType.String } text ? json.Value(text).Length * (items - 1) : 0;
    }

    private static int CountTexts(RequestJson json, string name)
    {
        var reader = ReadArray(json, name);
        var isOneText = reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.Number;
        return isOneText ? 1 : CountElements(json, name);
    }

    // An array of token ids, or an array of such arrays.
    private static bool IsTokenIds(RequestJson json, string name)
    {
        var reader = ReadArray(json, name);
        while (reader.TokenType == JsonTokenType.StartArray && reader.Read())
        {
            // Finds the first element.
        }

        return reader.TokenType == JsonTokenType.Number;
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

    // The larger of two numbers, because model servers differ in which of them they use.
    private static long? FindNumber(RequestJson json, Model model, string[] names, long maximum) =>
        names.Max(name => json.Number(name, 1, maximum)) ?? FindDefault(model, names);

    private static long? FindDefault(Model model, string[] names) => model.Defaults
        .Where(pair => names.Contains(pair.Key))
        .Max(pair => long.TryParse(Encoding.UTF8.GetString(pair.Value), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : (long?)null);

    private static long DivideUp(long value, long divisor) => (value + divisor - 1) / divisor;
}
