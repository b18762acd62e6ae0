using System.Globalization;
using LambdaChat.Authentication.ApiKeys;

namespace LambdaChat.Authentication.Cli;

/// <summary>A key that has just been made, as it is shown this once.</summary>
internal static class NewKeyOutput
{
    /// <summary>The key, and the entry for <c>API_KEYS</c> that lets it in.</summary>
    /// <exception cref="UsageException">It is to have what only a table keeps.</exception>
    public static string ForVariable(KeysCommandLine line)
    {
        if (line.Limits is not null)
        {
            throw new UsageException("Limits need a table, or stand in LIMITS under the key's name.");
        }

        var key = ApiKeyGenerator.Create();
        var options = Option("models", line.Models) + Option("origins", line.Origins);
        var end = line.Expires is { } time ? time.UtcDateTime.ToString("';expires='yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";
        return $"""
            {Show(key)}

            API_KEYS entry:
            {line.Name}={Convert.ToHexStringLower(ApiKeyGenerator.Hash(key))}{end}{options}
            """;
    }

    public static string Show(string key) => $"{key}\n\nThis is the key, shown this once; its SHA-256 is all that is kept.";

    private static string Option(string name, IReadOnlyList<string>? texts) => texts is null ? "" : $";{name}={string.Join('|', texts)}";
}
