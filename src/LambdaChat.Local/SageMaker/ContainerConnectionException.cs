namespace LambdaChat.Local.SageMaker;

/// <summary>The container does not accept connections, or its connection was lost before its response was complete.</summary>
internal sealed class ContainerConnectionException(Exception cause) : Exception(cause.Message, cause);
