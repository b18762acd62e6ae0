using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Authentication;

/// <summary>
/// The keys that open the API, known only by their SHA-256: the variable <c>API_KEYS</c> is <c>name=hash</c>, several separated by commas.
/// </summary>
internal sealed class ApiKeys
{
    private readonly (string Name, byte[] Hash)[] _keys;

    private ApiKeys((string Name, byte[] Hash)[] keys) => _keys = keys;

    /// <exception cref="ConfigurationException">An entry is no name and hash, or a name stands there twice.</exception>
    public static ApiKeys Parse(string? value)
    {
        var entries = (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var keys = entries.Select(ParseEntry).ToArray();
        var twice = keys.GroupBy(key => key.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? new ApiKeys(keys) : throw new ConfigurationException($"API_KEYS names the key {twice.Key} twice.");
    }

    public bool IsEmpty => _keys.Length == 0;

    /// <summary>Finds the name of a key. Every hash is compared, in constant time.</summary>
    public bool TryFind(string key, [NotNullWhen(true)] out string? name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        name = null;
        foreach (var (candidate, expected) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, expected))
            {
                name = candidate;
            }
        }

        return name is not null;
    }

    private static (string Name, byte[] Hash) ParseEntry(string entry, int index)
    {
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        var hash = entry[(equals + 1)..].Trim();
        return equals > 0 && hash.Length == 2 * SHA256.HashSizeInBytes && hash.All(char.IsAsciiHexDigit)
            ? (entry[..equals].Trim(), Convert.FromHexString(hash))
            : throw new ConfigurationException($"API_KEYS entry {index} must be name=<SHA-256 of the key in 64 hexadecimal digits>.");
    }
}
