using LambdaChat.Models;
using LambdaChat.Tests.Api;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>
/// Replies of model servers that were made up: every API has what the model has said, streaming and non-streaming. The variables are those
/// of <see cref="Fuzz"/>; a case takes as long as 400 of the other targets.
/// </summary>
public sealed class ReplyFuzzTests
{
    private const int Share = 400;

    [Fact]
    public Task Reply_OfAnyServer_IsTheSameInEveryApi() => Fuzz.RunNumbersAsync(
        "Replies", Share, static number => new GeneratedReply(number), CheckAsync, static reply => string.Join('\n', reply.Records));

    private static async Task CheckAsync(GeneratedReply reply)
    {
        var format = ChunkLog.Contract() with { HasTools = true };
        var chunks = ChunkLog.Run(format, reply.Records).Log.Chunks;
        var expected = new RecordedReply(
            reply.Thinking, reply.Text, reply.Calls, reply.Finish == "stop" && reply.Calls.Count > 0 ? "tools" : reply.Finish,
            reply.Tokens > 0 ? 5 : 0, reply.Tokens).ToString();

        Assert.Equal(expected, RecordedReply.OfCompletion(TranslatedReply.Aggregate(chunks)).ToString());
        foreach (var api in RecordedReply.Apis)
        {
            Assert.Equal(expected, (await RecordedReply.ReadAsync(api, chunks)).ToString());
        }

        var text = ChunkLog.Run(format with { Reasoning = ReasoningOutput.Think }, reply.Records).Log.Text("content");
        var thinking = reply.Thinking.Length > 0 ? $"<think>{reply.Thinking}</think>" : "";
        Assert.Equal(thinking + reply.Text, text);
        Assert.Equal(
            reply.Text, ChunkLog.Run(format with { Reasoning = ReasoningOutput.Hidden }, reply.Records).Log.Text("content"));
    }
}
