namespace LambdaChat.Configuration;

/// <summary>The configuration is wrong; the function does not start. The message is one sentence, fit to show.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);
