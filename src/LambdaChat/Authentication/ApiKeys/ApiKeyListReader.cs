using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using LambdaChat.Configuration;
using LambdaChat.Http;

namespace LambdaChat.Authentication.ApiKeys;

/// <summary>
/// Reads keys in the format of <c>API_KEYS</c> and of secrets: entries <c>name=hash</c>, separated by commas or line feeds, each with
/// options: <c>alice=68ef…;expires=2027-01-01;models=r1|v3;origins=https://chat.example.com</c>.
/// </summary>
internal static class ApiKeyListReader
{
    private const int MaximumNameLength = 64;
    private const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <param name="source">The name of the text in messages, such as <c>API_KEYS</c>.</param>
    /// <exception cref="ConfigurationException">An entry is invalid, or two entries have the same name.</exception>
    public static ApiKeyList Read(string? text, string source) => new(ReadList(text, source));

    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<ApiKey> ReadList(string? text, string source)
    {
        var keys = new List<ApiKey>();
        foreach (var entry in (text ?? "").Split([',', '\n'], Clean))
        {
            var key = ReadEntry(entry, $"{source} entry {keys.Count}");
            if (keys.Exists(other => other.Name == key.Name))
            {
                throw new ConfigurationException($"{source} has two keys with the name {key.Name}.");
            }

            keys.Add(key);
        }

        return keys;
    }

    /// <summary>True for a valid name of a key. A colon is reserved for callers without a key: <c>jwt:</c>, <c>iam:</c>.</summary>
    public static bool IsName(string name)
    {
        foreach (var letter in name)
        {
            if (letter is ':' or ';' or '=' or ',' || char.IsControl(letter))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MaximumNameLength;
    }

    /// <summary>Parses a date or a time. A date means its start in UTC.</summary>
    public static DateTimeOffset? ReadTime(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    // Runs at every start. Loops are compiled ahead of time, and some LINQ queries are not.
    private static ApiKey ReadEntry(string entry, string where)
    {
        var parts = entry.Split(';', Clean);
        var first = parts.Length > 0 ? parts[0] : "";
        var hash = new byte[SHA256.HashSizeInBytes];
        var status = Convert.FromHexString(Value(first), hash, out _, out var length);
        if (!IsName(Name(first)) || status != OperationStatus.Done || length != hash.Length)
        {
            throw new ConfigurationException($"{where} must be name=<SHA-256 of the key in 64 hexadecimal digits>.");
        }

        var key = new ApiKey(Name(first), hash);
        for (var i = 1; i < parts.Length; i++)
        {
            key = ReadOption(key, Name(parts[i]), Value(parts[i]), where);
        }

        return key;
    }

    private static ApiKey ReadOption(ApiKey key, string name, string value, string where) => name switch
    {
        "expires" => key with { Expires = ReadTime(value) ?? throw Invalid(where, "expires must be a date like 2027-01-01") },
        "models" => key with { Models = Texts(value, where, name) },
        "origins" => key with { Origins = [.. Texts(value, where, name).Select(origin => CheckOrigin(origin, where))] },
        _ => throw new ConfigurationException($"{where} has an unknown option. The options are expires, models and origins."),
    };

    private static string[] Texts(string value, string where, string option) =>
        value.Split('|', Clean) is { Length: > 0 } texts ? texts : throw Invalid(where, $"{option} must not be empty");

    private static string CheckOrigin(string origin, string where) =>
        CorsExtensions.IsOrigin(origin) ? origin : throw Invalid(where, "origins must be like https://chat.example.com, separated by |");

    private static ConfigurationException Invalid(string where, string problem) => new($"{where}: {problem}.");

    private static string Name(string part) =>
        part.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? part[..equals].Trim() : part;

    private static string Value(string part) =>
        part.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? part[(equals + 1)..].Trim() : "";
}
