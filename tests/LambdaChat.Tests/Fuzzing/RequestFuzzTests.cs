using System.Text;
using System.Text.Json;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>Request bodies are rejected with an error, or forwarded unchanged except for the members that the relay edits.</summary>
public sealed class RequestFuzzTests
{
    private const int MaximumLength = 1500;

    private static readonly string[] Intended =
    [
        "model", "stream", "stream_options", "messages", "reasoning_output", "show_errors", "temperature", "max_tokens",
            "max_completion_tokens", "n_predict", "max_new_tokens", "min_tokens", "ignore_eos", "n", "n_cmpl", "best_of",
    ];

    private static readonly string[] Integers =
        ["seed", "top_k", "top_logprobs", "logprobs", "prompt_logprobs", "truncate_prompt_tokens"];

    private static readonly byte[][] Corpus =
    [
        .. new[]
        {
            """{"model":"r1","messages":[{"role":"user","content":"hi"}]}""",
            """{ "messages" : [ {"role":"system","content":"你是"} , {"role":"user","content":[{"type":"text","text":"x"}]} ] , "stream" : true , "stream_options":{"include_usage":true} }""",
            """{"stream":false,"n":2,"temperature":0.7,"max_tokens":4096,"max_completion_tokens":10,"n_predict":200,"n_cmpl":3,"min_tokens":1,"best_of":3,"ignore_eos":true,"messages":[{"role":"user","content":"a"}],"seed":12345678901234567890}""",
            """{"messages":[{"role":"assistant","content":"<think>\nhm\n</think>\n\nyes","reasoning_content":"r"},{"role":"assistant","content":"> a\n\nb","reasoning":"q"},{"role":"user","content":"z"}],"reasoning_output":"think","show_errors":false}""",
            """{"model":null,"messages":[{"role":"user","content":"\ud83e\udd14\/\u4f60"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"model":{"type":"string"}}}}],"tool_choice":"auto","chat_template_kwargs":{"enable_thinking":false}}""",
            """{"reasoning_output":"hidden","messages":[{}],"show_errors":null}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly Model Plain = new("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")],
        "deepseek-ai/\"R1\"")
    { DeveloperRole = true };

    [Fact]
    public void Body_AnyBytes_IsRefusedOrPassedOn() => Fuzz.Run("Requests", Make, Run, made => 131_072 + (300L * made.Bytes.Length));

    private static Case Make(Mutator mutator) =>
        new(
            mutator.Next(Corpus, MaximumLength),
            Plain with
            {
                History = mutator.Pick(Enum.GetValues<ReasoningHistory>()),
                StripQuotes = mutator.OneIn(2),
                MaxTokens = mutator.OneIn(2) ? 100 : null,
                MaxChoices = mutator.OneIn(2) ? 2 : null,
                Defaults = mutator.OneIn(2) ? [KeyValuePair.Create("temperature", "0.6"u8.ToArray())] : [],
            },
            mutator.OneIn(2),
            mutator.OneIn(2));

    private static void Run(Case made)
    {
        var (json, fault) = RequestJson.Parse(made.Bytes);
        Assert.True(json is null != fault is null);
        if (json is null)
        {
            return;
        }

        try
        {
            var request = new ChatRequest(json);
            Check(made, json, UpstreamChatRequest.Create(request, made.Model, made.IsStreamed, made.WantsUsage));
        }
        catch (ErrorResponseException exception)
        {
            Assert.Equal(400, exception.Error.Status);
        }
    }

    private static void Check(Case made, RequestJson json, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        var (sent, fault) = RequestJson.Parse(pieces.SelectMany(piece => piece.ToArray()).ToArray());

        Assert.Null(fault);
        var edited = json.Find("tools") is { } tools && json.Value(tools).IndexOf("null"u8) >= 0 ? "tools" : null;
        Assert.Equal(Others(json, edited), Others(sent!, edited));
        Assert.Equal(made.Model.ServedName, sent!.FindText("model"));
        Assert.False(sent.Contains("reasoning_output") || sent.Contains("show_errors"));
        Assert.Equal(made.IsStreamed, sent.Flag("stream"));
        Assert.True(made.IsStreamed || !sent.Contains("stream_options"));
        Assert.DoesNotContain(sent.Members, member => member.IsNull);
        Assert.True(made.Model.MaxTokens is not { } cap || Numbers(sent, UpstreamRequest.TokenLimits).All(tokens => tokens <= cap));
        Assert.True(made.Model.MaxChoices is not { } most || Numbers(sent, UpstreamRequest.ChoiceCounts).All(count => count <= most));
        var messages = json.Value(json.Find("messages")!.Value);
        if (messages.IndexOf("null"u8) >= 0 || messages.IndexOf("[]"u8) >= 0)
        {
            return; // These may be left out.
        }

        Assert.Equal(OtherMessages(json), OtherMessages(sent));
        if (made.Model is { History: ReasoningHistory.Keep, StripQuotes: false })
        {
            Assert.True(messages.SequenceEqual(sent.Value(sent.Find("messages")!.Value)));
        }
    }

    private static IEnumerable<long> Numbers(RequestJson sent, string[] names) =>
        names.Select(name => sent.FindInteger(name, 1, long.MaxValue)).OfType<long>();

    // The members that the relay does not edit. They keep their order after the tools, and are unchanged but for the notation of integers.
    private static string Others(RequestJson json, string? edited) =>
        string.Join(',', json.Names.Zip(json.Members)
            .Where(member => !Intended.Contains(member.First) && member.First != edited && !member.Second.IsNull
                && !IsToolWithoutTools(json, member.First))
            .OrderBy(member => member.First switch { "prompt" => 0, "tools" => 1, _ => 2 })
            .Select(member => Integers.Contains(member.First) && json.IntegerOrNull(member.First) is { } integer
                ? $"{member.First}:{integer}"
                : $"{member.First}:{Convert.ToHexString(json.Value(member.Second))}"));

    private static bool IsToolWithoutTools(RequestJson json, string name) =>
        name is "tools" or "tool_choice" && (json.Find("tools") is null || json.IsEmptyList("tools"));

    // The messages that are not from the assistant, and an empty place for each of the others. None of them may change.
    private static string OtherMessages(RequestJson json)
    {
        var bytes = json.Value(json.Find("messages")!.Value);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        var messages = new StringBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var message = bytes[start..(int)reader.BytesConsumed];
            messages.Append(message.IndexOf("assistant"u8) >= 0 ? "" : Convert.ToHexString(message)).Append(',');
        }

        return messages.ToString();
    }

    private sealed record Case(byte[] Bytes, Model Model, bool IsStreamed, bool WantsUsage);
}
