using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Dialects;

/// <summary>A message beside deltas: the answer itself, or its repetition.</summary>
public sealed class RepeatedMessagesTests
{
    private const string Hello = """{"role":"assistant","content":"Hello"}""";
    private const string Call = """[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]""";

    private static readonly OutputFormat Text = new("r1", OutputFormat.TextCompletion, "own", 1);

    public static TheoryData<string> EmptyDeltas { get; } =
    [
        "", ",\"delta\":null", ",\"delta\":{}", ",\"delta\":{\"role\":\"assistant\",\"content\":\"\"}", ",\"delta\":{\"content\":null}",
    ];

    [Theory]
    [MemberData(nameof(EmptyDeltas))]
    public void Message_BesideAnEmptyDelta_IsTheAnswer(string delta)
    {
        var reply = Event(Choice(Hello, delta));
        foreach (var bytes in new[] { Document(Hello, delta), reply, Event("{\"x\":1}") + reply })
        {
            AssertReply(ChunkLog.Contract(), bytes, "Hello");
            AssertReply(Text, bytes, "Hello");
        }
    }

    [Theory]
    [MemberData(nameof(EmptyDeltas))]
    public void Message_AfterTheDeltas_RepeatsThem(string delta)
    {
        var bytes = Event(Delta("""{"content":"Hel"}""")) + Event(Delta("""{"content":"lo"}"""))
            + Event(Choice(Hello, delta));

        AssertReply(ChunkLog.Contract(), bytes, "Hello");
        AssertReply(Text, bytes, "Hello");
    }

    [Theory]
    [InlineData("""{"reasoning":"t"}""", "t", "Hello")]
    [InlineData("""{"content":"<thi"}""", "", "<thi")]
    [InlineData("""{"refusal":"no"}""", "", "")]
    public void Message_AfterOtherTexts_AddsWhatIsMissing(string delta, string thinking, string content)
    {
        var message = """{"role":"assistant","content":"Hello","reasoning_content":"t"}""";
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), Event(Delta(delta)) + Event(Choice(message, "")));

        Assert.Null(failure);
        Assert.Equal((thinking, content), (log.Text("reasoning_content"), log.Text("content")));
    }

    [Fact]
    public void Message_WithCalls_IsTheAnswerOrRepeatsThem()
    {
        var message = $$"""{"role":"assistant","content":null,"tool_calls":{{Call}} }""";
        foreach (var delta in EmptyDeltas)
        {
            var calls = Call.Replace("[{", "[{\"index\":0,", StringComparison.Ordinal);
            foreach (var start in new[] { "", Event(Delta($$"""{"tool_calls":{{calls}} }""")) })
            {
                var (_, failure, whole) = BytesReply.OfAnyCut(ChunkLog.Contract(), start + Event(Choice(message, delta)));

                Assert.Null(failure);
                var call = Assert.Single(JsonNode.Parse(whole)!["choices"]![0]!["message"]!["tool_calls"]!.AsArray());
                Assert.Equal(("f", "{}"), ((string?)call!["function"]!["name"], (string?)call["function"]!["arguments"]));
            }
        }
    }

    [Fact]
    public void Messages_WithoutADelta_AreItsParts()
    {
        var bytes = Event(Choice("""{"content":"Hel"}""", "")) + Event(Choice("""{"content":"lo"}""", "")) + Event("[DONE]");

        AssertReply(ChunkLog.Contract(), bytes, "Hello");
        AssertReply(Text, bytes, "Hello");
    }

    [Fact]
    public void Message_OfOneChoiceAfterDeltasOfTheOther_IsTheAnswerOfItsChoice()
    {
        var bytes = Event(Delta("""{"content":"Hello"}""")) + Event(
            $$"""{"choices":[{"index":0,"message":{{Hello}},"finish_reason":"stop"},{"index":1,"message":{"content":"B"},"finish_reason":"length"}]}""");
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(choices: 2), bytes);

        Assert.Null(failure);
        Assert.Equal(("Hello", "B"), (log.Text("content"), log.Text("content", 1)));
    }

    [Fact]
    public void Message_ThatRepeatsAFailedReply_DoesNotCompleteIt()
    {
        var (_, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(),
            Event(Delta("""{"content":"Hel"}""")) + Event($$"""{"choices":[{"index":0,"message":{{Hello}} }]}"""));

        Assert.Equal(FailureKind.NoFinishReason, failure?.Kind);
    }

    private static void AssertReply(OutputFormat format, string bytes, string expected)
    {
        var (log, failure, whole) = BytesReply.OfAnyCut(format, bytes);
        var choices = log.Chunks.SelectMany(chunk => JsonNode.Parse(chunk)!["choices"]!.AsArray());
        var choice = JsonNode.Parse(whole)!["choices"]![0]!;

        Assert.Null(failure);
        Assert.Equal(expected,
            string.Concat(choices.Select(part => (string?)(format.IsChat ? part!["delta"]!["content"] : part!["text"]))));
        Assert.Equal(expected, (string?)(format.IsChat ? choice["message"]!["content"] : choice["text"]));
        Assert.Equal("stop", (string?)choice["finish_reason"]);
    }

    private static string Event(string record) => $"data: {record}\n\n";

    private static string Delta(string delta) => $$"""{"choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}""";

    private static string Choice(string message, string delta) =>
        $$"""{"object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{{message}}{{delta}} }]}""";

    private static string Document(string message, string delta) =>
        JsonNode.Parse(Choice(message, delta))!.ToJsonString(new(ChunkLog.Relaxed) { WriteIndented = true });
}
