using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker;

/// <summary>The container behind an endpoint.</summary>
internal interface IModelServer
{
    /// <summary>Text for the start message.</summary>
    string Description { get; }

    Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken);
}
