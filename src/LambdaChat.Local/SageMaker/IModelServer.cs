namespace LambdaChat.Local.SageMaker;

/// <summary>The container behind an endpoint: scripted, or a real server.</summary>
internal interface IModelServer
{
    /// <summary>What stands behind, for people.</summary>
    string Description { get; }

    Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken);
}
