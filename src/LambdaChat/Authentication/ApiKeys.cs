using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Authentication;

/// <summary>
/// The keys that open the API, known only by their SHA-256: the variable <c>API_KEYS</c> is <c>name=hash</c>, several separated by commas or line ends.
/// </summary>
internal sealed class ApiKeys
{
    private readonly List<ApiKey> _keys = [];

    /// <exception cref="ConfigurationException">An entry is no name and hash, or a name stands there twice.</exception>
    public static ApiKeys Parse(string? value)
    {
        var keys = new ApiKeys();
        foreach (var entry in (value ?? "").Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var key = ParseEntry(entry, keys._keys.Count);
            if (keys._keys.Exists(other => other.Name == key.Name))
            {
                throw new ConfigurationException($"API_KEYS names the key {key.Name} twice.");
            }

            keys._keys.Add(key);
        }

        return keys;
    }

    public bool IsEmpty => _keys.Count == 0;

    /// <summary>Finds the name of a key. Every hash is compared, in constant time.</summary>
    public bool TryFind(string key, [NotNullWhen(true)] out string? name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        name = null;
        foreach (var candidate in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, candidate.Hash))
            {
                name = candidate.Name;
            }
        }

        return name is not null;
    }

    private static ApiKey ParseEntry(string entry, int index)
    {
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        var hash = new byte[SHA256.HashSizeInBytes];
        var status = Convert.FromHexString(entry.AsSpan(equals + 1).Trim(), hash, out _, out var length);
        return equals > 0 && status == OperationStatus.Done && length == hash.Length
            ? new ApiKey(entry[..equals].Trim(), hash)
            : throw new ConfigurationException($"API_KEYS entry {index} must be name=<SHA-256 of the key in 64 hexadecimal digits>.");
    }

    private sealed record ApiKey(string Name, byte[] Hash);
}
