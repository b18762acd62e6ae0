namespace LambdaChat.Lambda.Events;

/// <summary>An event that this function has no answer for. Its message may be shown.</summary>
internal sealed class UnknownEventException(string message) : Exception(message);
