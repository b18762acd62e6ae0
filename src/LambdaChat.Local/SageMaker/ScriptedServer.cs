using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Bodies;
using LambdaChat.Local.SageMaker.Dialects;

namespace LambdaChat.Local.SageMaker;

/// <summary>The scripted model as a container: vLLM's, or that of the server which a request names.</summary>
internal sealed class ScriptedServer(TimeProvider timeProvider) : IModelServer
{
    public string Description => "a scripted model, in the wire shapes of vLLM or of the server that stand_in.server names";

    public Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        var reply = ModelReply.To(request, $"{Guid.NewGuid():N}", timeProvider.GetUtcNow().ToUnixTimeSeconds());
        return Task.FromResult(DialectCatalog.Find(request.Server) is { } dialect
            ? Reply(dialect, reply)
            : ContainerReply.Refuse($"The stand-in knows no server named {request.Server}, only {string.Join(", ", DialectCatalog.Names)}."));
    }

    // Only servers of OpenAI's API look at what kind of body they got.
    private static ContainerReply Reply(Dialect dialect, ModelReply reply) => (dialect is ChatDialect ? reply.Request.Kind : BodyKind.Chat) switch
    {
        BodyKind.Completion => Reply(dialect, reply, TextCompletion.Stream, TextCompletion.Complete),
        BodyKind.Embedding => Whole(dialect, Embeddings.Answer(reply)),
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
