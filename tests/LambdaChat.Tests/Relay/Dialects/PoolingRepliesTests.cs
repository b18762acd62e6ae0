using System.Text;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Dialects;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Dialects;

/// <summary>Replies of pooling models, to a chat and to a request of their own task.</summary>
public sealed class PoolingRepliesTests
{
    private const string Embedding =
        """{"id":"e","object":"list","created":1,"model":"m","data":[{"index":0,"object":"embedding","embedding":[0.5,-1]}],"usage":{"prompt_tokens":1,"total_tokens":1,"completion_tokens":0}}""";

    private const string Answer = """{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}""";

    [Theory]
    [InlineData(Embedding)]
    [InlineData("""{"id":"p","object":"list","data":[{"index":0,"object":"pooling","data":[[0.5],[1]]}],"usage":{"prompt_tokens":1}}""")]
    [InlineData("""{"object":"list","data":[{"index":0,"object":"score","score":0.5}]}""")]
    [InlineData("""{"object":"list","data":[{"index":0,"label":"A","probs":[0.5,0.5],"num_classes":2}]}""")]
    [InlineData("""{"id":"r","results":[{"index":0,"relevance_score":0.5}]}""")]
    [InlineData("""{"embeddings":[[0.5]]}""")]
    [InlineData("""{"predictions":[[0.5]]}""")]
    [InlineData("[[0.5,-1]]")]
    public void Reply_OfAPoolingModel_IsOfAnotherTask(string json)
    {
        foreach (var body in (string[])[json, $"data: {json}\n\ndata: [DONE]\n\n"])
        {
            for (var cut = 0; cut < body.Length; cut++)
            {
                Assert.Equal(FailureKind.WrongTask, Read(body, cut).Failure?.Kind);
            }
        }
    }

    [Fact]
    public void Record_BeforeAnAnswer_IsSkipped()
    {
        var (failure, log) = Read("data: {\"results\":[{\"title\":\"x\"}]}\n\n" + $"data: {Answer}\n\ndata: [DONE]\n\n", cut: 0);

        Assert.Null(failure);
        Assert.Equal("a", log.Text("content"));
    }

    [Theory]
    [InlineData("""{"error":{"message":"boom"}}""", FailureKind.ContainerError)]
    [InlineData(" Internal Server Error\n", FailureKind.ContainerError)]
    [InlineData("<html><head><title>502 Bad Gateway</title></head></html>", FailureKind.ContainerError)]
    [InlineData("""{"choices":"x"}""", null)]
    [InlineData("""{"object":"error","message":"boom"}""", FailureKind.ContainerError)]
    [InlineData("""{"object":"chat.completion","choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}""",
        FailureKind.WrongTask)]
    [InlineData("""{"object":"list","data":[{"embedding":[1]}],"usage":{"prompt_tokens":1}}""", null)]
    [InlineData("""{"id":"r","results":[{"index":0,"relevance_score":0.5}]}""", null)]
    internal void FindFailure_AnswerThatIsNone_IsAFailure(string answer, FailureKind? expected) =>
        Assert.Equal(expected, PoolingReplies.FindFailure(Encoding.UTF8.GetBytes(answer))?.Kind);

    private static (ReplyFailure? Failure, ChunkLog Log) Read(string body, int cut)
    {
        var log = new ChunkLog();
        var translation = new Translation(ChunkLog.Contract(), log);
        using var records = new RecordReader(RecordFraming.Auto);
        var bytes = Encoding.UTF8.GetBytes(body);
        var isOpen = true;
        foreach (var part in (byte[][])[bytes[..cut], bytes[cut..]])
        {
            ReadOnlySpan<byte> piece = part;
            while (isOpen && records.TryRead(ref piece, out var record))
            {
                isOpen = translation.TryRead(record);
            }
        }

        if (isOpen && records.TryReadUnfinished(out var last))
        {
            translation.TryRead(last);
        }

        return (translation.End(), log);
    }
}
