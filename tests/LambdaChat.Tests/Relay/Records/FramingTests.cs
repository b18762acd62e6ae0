using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Records;

/// <summary>Chunks between which servers write something else than the specifications say, in any cut.</summary>
public sealed class FramingTests
{
    private const string First = """{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}""";
    private const string Second = """{"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}""";
    private const string Last = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    private static readonly OutputFormat Text = new("r1", OutputFormat.TextCompletion, "own", 1);

    public static TheoryData<string> Framings { get; } =
    [
        First + Second + Last,
        $"{First}{Second}\n{Last}",
        $"{First} {Second} {Last}[DONE]",
        $"data: {First}{Second}\n\ndata: {Last}\n\n",
        $"data: {First}{Second}{Last}\n\n",
        $"data: data: {First}\n\ndata: data: {Second}\n\ndata: data: {Last}\n\n",
        $"data: data: {First}\r\ndata: \r\ndata: \r\n\r\ndata: data: {Second}\r\ndata: \r\n\r\ndata: data: {Last}\r\n\r\n",
        $" data: {First}\n\n data: {Second}\n\n data: {Last}\n\n",
        $"\uFEFFdata: {First}\n\n\uFEFFdata: {Second}\n\n\uFEFFdata: {Last}\n\n",
        $"data: [{First},{Second}]\n\ndata: {Last}\n\n",
        $"[{First},{Second},{Last}]",
        $"[{First},\n{Second},\n{Last}\n]\n",
        $"[{First},{Second}]\n[{Last}]\n",
        $"[[{First},{Second}],[{Last}]]",
        """{"token":{"text":"Hel"}}{"token":{"text":"lo"},"generated_text":"Hello","details":{"finish_reason":"length"}}""",
        """[{"token":{"text":"Hel"}},{"token":{"text":"lo"},"generated_text":"Hello","details":{"finish_reason":"length"}}]""",
    ];

    /// <summary>Bytes that are no reply, but contain the text of one.</summary>
    public static TheoryData<string> Unreadable { get; } =
    [
        "data: data: data: " + First.Replace("Hel", "SECRET error", StringComparison.Ordinal) + "\n\n",
        "chunk: " + First.Replace("Hel", "SECRET error", StringComparison.Ordinal) + "\n\n",
        "data: chunk=" + First.Replace("Hel", "SECRET error", StringComparison.Ordinal) + "\n\n",
        "data: {'choices': [{'delta': {'content': 'SECRET error'}}]}\n\n",
        "data: {'choices': [{'delta': {'content': 'SECRET error\n\n",
        "data: b'data: " + First.Replace("Hel", "SECRET error", StringComparison.Ordinal) + "'\n\n",
        "event: error\ndata: chunk=" + First.Replace("Hel", "SECRET", StringComparison.Ordinal) + "\n\n",
        "data: The SECRET\n\ndata: of this\n\ndata: kind\n\ndata: of\n\ndata: error\n\ndata: SECRET error\n\n",
        "The SECRET of this text",
    ];

    [Theory]
    [MemberData(nameof(Framings))]
    public void Reply_InAnyFraming_IsWhole(string bytes)
    {
        AssertReply(ChunkLog.Contract(), bytes);
        AssertReply(Text, bytes);
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void Reply_ThatCannotBeRead_IsNotTheTextOfTheError(string bytes)
    {
        var (_, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), bytes);

        Assert.NotNull(failure);
        Assert.DoesNotContain("SECRET", failure.Container?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void List_WithAnErrorBehindAChunk_FailsWithItsMessage()
    {
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), $$"""data: [{{First}},{"error":"boom"}]""" + "\n\n");

        Assert.Equal("Hel", log.Text("content"));
        Assert.Equal((FailureKind.ContainerError, "boom"), (failure!.Kind, failure.Container!.Message));
    }

    [Theory]
    [InlineData("""[{"generated_text":"Hello"},{"generated_text":"other"}]""")]
    [InlineData("""[[{"generated_text":"Hello"}],[{"generated_text":"other"}]]""")]
    [InlineData(
        """[{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]},{"choices":[{"message":{"content":"other"},"finish_reason":"stop"}]}]""")]
    public void List_OfWholeAnswers_IsTheFirst(string bytes) => AssertReply(ChunkLog.Contract(), bytes);

    private static void AssertReply(OutputFormat format, string bytes)
    {
        var (log, failure, whole) = BytesReply.OfAnyCut(format, bytes);
        var choices = log.Chunks.SelectMany(chunk => JsonNode.Parse(chunk)!["choices"]!.AsArray());
        var choice = JsonNode.Parse(whole)!["choices"]![0]!;

        Assert.Null(failure);
        Assert.Equal("Hello", string.Concat(choices.Select(part => (string?)(format.IsChat ? part!["delta"]!["content"] : part!["text"]))));
        Assert.Equal("Hello", (string?)(format.IsChat ? choice["message"]!["content"] : choice["text"]));
    }
}
