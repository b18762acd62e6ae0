namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>The container cannot process the request; it returns the message in a 400 response.</summary>
internal sealed class RefusedRequestException(string message) : Exception(message);
