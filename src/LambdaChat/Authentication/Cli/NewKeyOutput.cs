using System.Globalization;
using LambdaChat.Authentication.ApiKeys;

namespace LambdaChat.Authentication.Cli;

/// <summary>Shows a new key, which is possible only once.</summary>
internal static class NewKeyOutput
{
    /// <summary>The key and its entry for <c>API_KEYS</c>.</summary>
    /// <exception cref="UsageException">An option requires a table.</exception>
    public static string ForVariable(KeysCommandLine line)
    {
        if (line.Limits is not null)
        {
            throw new UsageException("--limits requires a table. Without one, set the limits in LIMITS under the key's name.");
        }

        var key = ApiKeyGenerator.Create();
        var options = Option("models", line.Models) + Option("origins", line.Origins);
        var end = line.Expires is { } time
            ? time.UtcDateTime.ToString("';expires='yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "";
        return $"""
            {Show(key)}

            API_KEYS entry:
            {line.Name}={Convert.ToHexStringLower(ApiKeyGenerator.Hash(key))}{end}{options}
            """;
    }

    public static string Show(string key) => $"{key}\n\nStore the key now: it is not shown again. Only its SHA-256 is kept.";

    private static string Option(string name, IReadOnlyList<string>? texts) => texts is null ? "" : $";{name}={string.Join('|', texts)}";
}
