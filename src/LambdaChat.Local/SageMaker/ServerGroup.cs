using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker;

/// <summary>One model server for each instance of the endpoint, in the order of the numbers of the instances.</summary>
internal sealed class ServerGroup(IReadOnlyList<IModelServer> servers) : IModelServer
{
    public string Description => string.Join(", ", servers.Select(server => server.Description));

    public Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken) =>
        servers[(request.Prompt?.Instance ?? 0) % servers.Count].ReplyAsync(request, cancellationToken);
}
