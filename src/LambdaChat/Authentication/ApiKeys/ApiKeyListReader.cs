using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using LambdaChat.Configuration;
using LambdaChat.Http;

namespace LambdaChat.Authentication.ApiKeys;

/// <summary>
/// Reads keys as <c>API_KEYS</c> and a secret have them: <c>name=hash</c>, several separated by commas or line ends, each with options behind it:
/// <c>alice=9f86…;expires=2027-01-01;models=r1|v3;origins=https://chat.example.com</c>.
/// </summary>
internal static class ApiKeyListReader
{
    private const int MaximumNameLength = 64;
    private const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <param name="source">What a message calls the text: <c>API_KEYS</c>.</param>
    /// <exception cref="ConfigurationException">An entry is wrong, or a name stands there twice.</exception>
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
                throw new ConfigurationException($"{source} names the key {key.Name} twice.");
            }

            keys.Add(key);
        }

        return keys;
    }

    /// <summary>True for a name that a key may have. A colon is for callers that have no key: <c>jwt:</c>, <c>iam:</c>.</summary>
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

    /// <summary>A day, from whose start in UTC on the key is no more good, or a moment.</summary>
    public static DateTimeOffset? ReadTime(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    // At every start: loops, whose code is compiled in advance, and no queries, some of which are not.
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
        "expires" => key with { Expires = ReadTime(value) ?? throw new ConfigurationException($"{where}: expires must be a date like 2027-01-01.") },
        "models" => key with { Models = Texts(value, where, name) },
        "origins" => key with { Origins = [.. Texts(value, where, name).Select(origin => CheckOrigin(origin, where))] },
        _ => throw new ConfigurationException($"{where} has an unknown option; expires, models and origins are known."),
    };

    private static string[] Texts(string value, string where, string option) =>
        value.Split('|', Clean) is { Length: > 0 } texts ? texts : throw new ConfigurationException($"{where}: {option} names none.");

    private static string CheckOrigin(string origin, string where) =>
        CorsExtensions.IsOrigin(origin) ? origin : throw new ConfigurationException($"{where}: origins must be like https://chat.example.com, separated by |.");

    private static string Name(string part) => part.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? part[..equals].Trim() : part;

    private static string Value(string part) => part.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? part[(equals + 1)..].Trim() : "";
}
