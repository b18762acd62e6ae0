namespace LambdaChat.Local.SageMaker;

/// <summary>A request that the container cannot read; the message is its answer.</summary>
internal sealed class RefusedRequestException(string message) : Exception(message);
