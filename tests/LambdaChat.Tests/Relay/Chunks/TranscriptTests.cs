using System.Buffers;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>From a container's bytes to the chunks of our contract, and from these to a completion.</summary>
public sealed class TranscriptTests
{
    private const string English =
        "Okay, the user asks which is greater: 9.11 or 9.8. Compare 0.11 with 0.80: 0.80 is larger.\n\nSo 9.8 wins.";
    private const string EnglishAnswer = "**9.8** is greater than 9.11. ✅\n";
    private const string Chinese = "好的，用户问哪个更大。比较小数部分：0.80 大于 0.11 🤔。";
    private const string ChineseAnswer = "**9.8** 比 9.11 大，因为 0.80 > 0.11。🎉👩‍👩‍👧‍👦";

    private static readonly Dictionary<string, (string Thinking, string Answer)> Expected = new()
    {
        ["llama-cpp.sse"] = (Chinese, EnglishAnswer),
        ["lmi-chat.jsonl"] = ("好的，用户问哪个更大。\n\n比较小数部分：0.80 大于 0.11 🤔", ChineseAnswer),
        ["lmi-text.jsonl"] = ("", ChineseAnswer),
        ["lmi-text.sse"] = ("", ChineseAnswer),
        ["nim.sse"] = ("", ChineseAnswer),
        ["sglang.sse"] = (Chinese, ChineseAnswer),
        ["starlette.sse"] = (Chinese, EnglishAnswer),
        ["tgi-chat.sse"] = ("", EnglishAnswer + ChineseAnswer),
        ["tgi-generate.sse"] = ("", EnglishAnswer),
        ["vllm-2025.sse"] = (English, EnglishAnswer),
        ["vllm-both-names.sse"] = (Chinese, EnglishAnswer),
        ["vllm-chinese.sse"] = (Chinese, ChineseAnswer),
        ["vllm-error.sse"] = ("Okay, the user asks", ""),
        ["vllm-no-parser.sse"] = ("Okay, 0.80 > 0.11 🤔", "\n\n9.8 is greater."),
        ["vllm-tools.sse"] = ("", ""),
        ["vllm.sse"] = (English, EnglishAnswer),
    };

    public static TheoryData<string, string> Runs { get; } =
        new(Transcript.All.SelectMany(_ => Enum.GetNames<ReasoningOutput>(), (transcript, output) => ((string)transcript.Data, output)));

    [Theory]
    [MemberData(nameof(Runs))]
    public void Chunks_HaveEverythingThatClientsNeed(string name, string output)
    {
        var (log, _) = Run(name, output);
        var chunks = log.Chunks.Select(chunk => JsonNode.Parse(chunk)!).ToList();

        Assert.NotEmpty(chunks);
        Assert.NotEqual("", (string)Assert.Single(chunks.Select(chunk => (string)chunk["id"]!).Distinct())!);
        Assert.Single(chunks.Select(chunk => (long)chunk["created"]!).Distinct());
        var roles = new HashSet<int>();
        Assert.All(chunks, chunk =>
        {
            Assert.Equal("chat.completion.chunk", (string?)chunk["object"]);
            Assert.Equal("r1", (string?)chunk["model"]);
            Assert.All(chunk["choices"]!.AsArray(), choice =>
            {
                var delta = choice!["delta"]!.AsObject();
                Assert.True(choice.AsObject().TryGetPropertyValue("finish_reason", out _));
                Assert.True(!roles.Add((int)choice["index"]!) || (string?)delta["role"] == "assistant");
                Assert.False(delta.TryGetPropertyValue("role", out var role) && role is null);
            });
        });
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Texts_AreTheModelsOwn(string name, string output)
    {
        var (log, _) = Run(name, output);
        var (thinking, answer) = Expected[name];
        var open = thinking.Length > 0 ? "<think>" + thinking : "";
        var close = thinking.Length > 0 && answer.Length > 0 ? "</think>" : "";

        Assert.Equal(output is "ReasoningContent" or "Both" ? thinking : "", log.Text("reasoning_content"));
        Assert.Equal(output is "Reasoning" or "Both" ? thinking : "", log.Text("reasoning"));
        Assert.Equal(output == "Think" ? open + close + answer : answer, log.Text("content"));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Completion_OfTheSameChunks_HasTheSameTexts(string name, string output)
    {
        var (log, _) = Run(name, output);
        var completion = new CompletionBuilder();
        log.Chunks.ForEach(chunk => completion.Write(System.Text.Encoding.UTF8.GetBytes(chunk)));
        var json = new ArrayBufferWriter<byte>();
        completion.WriteTo(json);

        var root = JsonNode.Parse(json.WrittenSpan)!;
        var message = Assert.Single(root["choices"]!.AsArray())!["message"]!;
        Assert.Equal(log.Text("content"), (string?)message["content"] ?? "");
        Assert.Equal(log.Text("reasoning_content"), (string?)message["reasoning_content"] ?? "");
        Assert.Equal(log.Text("reasoning"), (string?)message["reasoning"] ?? "");
        Assert.Equal(Finishes(log).LastOrDefault(), (string?)root["choices"]![0]!["finish_reason"]);
        Assert.Equal(log.Chunks.Any(chunk => chunk.Contains("\"usage\":{", StringComparison.Ordinal)), root["usage"] is not null);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Reply_EndsAsTheTranscriptDoes(string name, string output)
    {
        var (log, editor) = Run(name, output);

        if (name == "vllm-error.sse")
        {
            var error = new ContainerError(500, "EngineCore encountered an issue.", "InternalServerError");
            Assert.Equal(new ReplyFailure(FailureKind.ContainerError, error), editor.Failure);
            Assert.False(editor.IsFinished);
            Assert.Empty(Finishes(log));
        }
        else
        {
            Assert.Null(editor.Failure);
            Assert.True(editor.IsComplete);
            Assert.Equal([name == "vllm-tools.sse" ? "tool_calls" : "stop"], Finishes(log));
        }
    }

    [Fact]
    public void ToolCalls_OfATranscript_AreWhole()
    {
        var (log, _) = Run("vllm-tools.sse", nameof(ReasoningOutput.Hidden));
        var completion = new CompletionBuilder();
        log.Chunks.ForEach(chunk => completion.Write(System.Text.Encoding.UTF8.GetBytes(chunk)));
        var json = new ArrayBufferWriter<byte>();
        completion.WriteTo(json);

        Assert.Equal(
            [("call_1f", "get_weather", "{\"city\": \"上海\"}"), ("call_2a", "get_time", "{\"tz\": \"Asia/Shanghai\"}")],
            JsonNode.Parse(json.WrittenSpan)!["choices"]![0]!["message"]!["tool_calls"]!.AsArray()
                .Select(call => ((string)call!["id"]!, (string)call["function"]!["name"]!, (string)call["function"]!["arguments"]!)));
    }

    private static IEnumerable<string> Finishes(ChunkLog log) =>
        log.Chunks.SelectMany(chunk => JsonNode.Parse(chunk)!["choices"]!.AsArray()).Select(choice => (string?)choice!["finish_reason"])
            .OfType<string>();

    private static (ChunkLog Log, Translation Editor) Run(string name, string output)
    {
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract(Enum.Parse<ReasoningOutput>(output)), log);
        using var records = new RecordReader(RecordFraming.Auto);
        ReadOnlySpan<byte> payload = Transcript.Read(name);
        var isOpen = true;
        while (isOpen && records.TryRead(ref payload, out var record))
        {
            isOpen = editor.TryRead(record);
        }

        if (isOpen && records.TryReadUnfinished(out var last))
        {
            editor.TryRead(last);
        }

        editor.End();
        return (log, editor);
    }
}
