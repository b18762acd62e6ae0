namespace LambdaChat.Configuration;

/// <summary>
/// The configuration is invalid, so the function does not start. The message is one sentence that names the setting and what was expected.
/// </summary>
internal sealed class ConfigurationException(string message) : Exception(message);
