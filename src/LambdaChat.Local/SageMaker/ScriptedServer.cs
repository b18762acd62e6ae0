using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Dialects;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Scripts;
using LambdaChat.Local.SageMaker.Tasks;

namespace LambdaChat.Local.SageMaker;

/// <summary>The scripted model in the format of vLLM, or of the server that the request names. It also replays recorded replies.</summary>
internal sealed class ScriptedServer(TimeProvider timeProvider) : IModelServer
{
    public string Description => "a scripted model (vLLM's format)";

    public Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        var server = request.StandIn.Server;
        if (DialectCatalog.Find(server) is not { } dialect)
        {
            return Task.FromResult(
                ContainerReply.Refuse($"Unknown stand_in.server {server}. Expected: {string.Join(", ", DialectCatalog.Names)}."));
        }

        if (request.StandIn.Replay is { } replay)
        {
            return Task.FromResult(Replay(replay, request, dialect));
        }

        ContinuedMessage? continued;
        try
        {
            continued = request.StandIn.Joint is JointFault.Ignore ? null : ContinuedMessage.Find(request);
        }
        catch (RefusedRequestException exception)
        {
            return Task.FromResult(ContainerReply.Refuse(exception.Message));
        }

        if (continued is not null && request.StandIn.Joint is JointFault.Refuse)
        {
            return Task.FromResult(ContainerReply.Refuse("Assistant prefill is not supported."));
        }

        var canCallTools = dialect.CallsTools && request.Kind is BodyKind.Chat;
        var reply = ModelReply.Create(request, $"{Guid.NewGuid():N}", timeProvider.GetUtcNow().ToUnixTimeSeconds(), canCallTools);
        return Task.FromResult(Reply(dialect, continued is null ? reply : ContinuedReply.Apply(reply, continued)));
    }

    private static ContainerReply Replay(ReplayedReply replay, EmulatorRequest request, Dialect dialect)
    {
        var isStreamed = request.IsStreamed && replay.Stream is not null;
        if ((isStreamed ? replay.Stream : replay.Whole ?? replay.Stream) is not { } body)
        {
            return ContainerReply.Refuse("stand_in.replay has no body for this request.");
        }

        var contentType = replay.ContentType ?? (isStreamed ? dialect.Format.ContentType : "application/json");
        return new ContainerReply(replay.Status, contentType, SplitEvents(body).ToAsyncEnumerable()) { Dialect = dialect };
    }

    /// <summary>One write for each event or JSON line; the cuts of the request split them further.</summary>
    private static IEnumerable<byte[]> SplitEvents(byte[] body)
    {
        for (var start = 0; start < body.Length;)
        {
            var end = EndOfEvent(body.AsSpan(start));
            yield return body[start..(start + end)];
            start += end;
        }
    }

    private static int EndOfEvent(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf("\n\n"u8) is >= 0 and var blank ? blank + 2 : text.Length;
        var crlfEnd = text.IndexOf("\r\n\r\n"u8) is >= 0 and var crlf ? crlf + 4 : text.Length;
        return Math.Min(end, crlfEnd);
    }

    // Only servers with OpenAI's API have other tasks than chat.
    private static ContainerReply Reply(Dialect dialect, ModelReply reply) =>
        (dialect is ChatDialect ? reply.Request.Kind : BodyKind.Chat) switch
        {
            BodyKind.Completion => Reply(dialect, reply, TextCompletion.Stream, TextCompletion.Complete),
            BodyKind.Embedding => Whole(dialect, Embeddings.Create(reply)),
            BodyKind.Rerank => Whole(dialect, Relevance.Rerank(reply)),
            BodyKind.Score => Whole(dialect, Relevance.Score(reply)),
            _ => Reply(dialect, reply, dialect.Stream, dialect.Complete),
        };

    private static ContainerReply Reply(
        Dialect dialect, ModelReply reply, Func<ModelReply, IEnumerable<JsonNode>> stream, Func<ModelReply, JsonNode> complete)
    {
        if (!reply.Request.IsStreamed || !dialect.Format.IsStream)
        {
            return Whole(dialect, complete(reply));
        }

        var comments = Enumerable.Repeat(Encoding.UTF8.GetBytes(dialect.Format.KeepAlive), reply.Request.StandIn.KeepAliveCount);
        return new ContainerReply(
            200,
            dialect.Format.ContentType,
            comments.Concat(dialect.Format.Write(stream(reply))).ToAsyncEnumerable())
        { Dialect = dialect };
    }

    private static ContainerReply Whole(Dialect dialect, JsonNode document) =>
        ContainerReply.Whole(200, "application/json", document.ToText()) with { Dialect = dialect };
}
