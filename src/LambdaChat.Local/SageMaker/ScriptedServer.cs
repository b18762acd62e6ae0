using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Dialects;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Scripts;
using LambdaChat.Local.SageMaker.Tasks;

namespace LambdaChat.Local.SageMaker;

/// <summary>The scripted model in the format of vLLM, or of the server that the request names.</summary>
internal sealed class ScriptedServer(TimeProvider timeProvider) : IModelServer
{
    public string Description => "a scripted model (format: vLLM, or the server that stand_in.server names)";

    public Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        var reply = ModelReply.To(request, $"{Guid.NewGuid():N}", timeProvider.GetUtcNow().ToUnixTimeSeconds());
        return Task.FromResult(DialectCatalog.Find(request.Server) is { } dialect
            ? Reply(dialect, reply)
            : ContainerReply.Refuse($"Unknown stand_in.server {request.Server}. Expected: {string.Join(", ", DialectCatalog.Names)}."));
    }

    // Only servers with OpenAI's API have other tasks than chat.
    private static ContainerReply Reply(Dialect dialect, ModelReply reply) => (dialect is ChatDialect ? reply.Request.Kind : BodyKind.Chat) switch
    {
        BodyKind.Completion => Reply(dialect, reply, TextCompletion.Stream, TextCompletion.Complete),
        BodyKind.Embedding => Whole(dialect, Embeddings.Create(reply)),
        BodyKind.Rerank => Whole(dialect, Relevance.Rerank(reply)),
        BodyKind.Score => Whole(dialect, Relevance.Score(reply)),
        _ => Reply(dialect, reply, dialect.Stream, dialect.Complete),
    };

    private static ContainerReply Reply(Dialect dialect, ModelReply reply, Func<ModelReply, IEnumerable<JsonNode>> stream, Func<ModelReply, JsonNode> complete) =>
        reply.Request.IsStreamed && dialect.Format.IsStream
            ? new ContainerReply(200, dialect.Format.ContentType, dialect.Format.Write(stream(reply)).ToAsyncEnumerable()) { Dialect = dialect }
            : Whole(dialect, complete(reply));

    private static ContainerReply Whole(Dialect dialect, JsonNode document) =>
        ContainerReply.Whole(200, "application/json", document.ToText()) with { Dialect = dialect };
}
