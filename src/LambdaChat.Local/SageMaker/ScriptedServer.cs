namespace LambdaChat.Local.SageMaker;

/// <summary>The scripted model as a container.</summary>
internal sealed class ScriptedServer(TimeProvider timeProvider) : IModelServer
{
    public string Description => "a scripted model, in the wire shapes of vLLM";

    public Task<ContainerReply> ReplyAsync(StandInRequest request, CancellationToken cancellationToken)
    {
        var id = $"chatcmpl-{Guid.NewGuid():N}";
        var created = timeProvider.GetUtcNow().ToUnixTimeSeconds();
        return Task.FromResult(request.IsStreamed
            ? new ContainerReply(200, "text/event-stream; charset=utf-8", ScriptedModel.Stream(request, id, created).ToAsyncEnumerable())
            : new ContainerReply(200, "application/json", new[] { ScriptedModel.Complete(request, id, created) }.ToAsyncEnumerable()));
    }
}
