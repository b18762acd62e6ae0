namespace LambdaChat.Local.Hosting;

/// <summary>Something that the user can mend, in one sentence.</summary>
internal sealed class LocalException(string message) : Exception(message);
