namespace LambdaChat.Lambda.Events;

/// <summary>The event is not supported. The message contains no user content.</summary>
internal sealed class UnknownEventException(string message) : Exception(message);
