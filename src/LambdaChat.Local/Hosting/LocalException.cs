namespace LambdaChat.Local.Hosting;

/// <summary>An error that the user can fix. The message says how.</summary>
internal sealed class LocalException(string message) : Exception(message);
