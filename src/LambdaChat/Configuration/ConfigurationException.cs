namespace LambdaChat.Configuration;

/// <summary>
/// A setting, the item of a key in the table, or an argument of the <c>keys</c> command is invalid. At its start, this ends the function.
/// The message is one sentence that names the setting and what was expected.
/// </summary>
internal sealed class ConfigurationException(string message) : Exception(message);
