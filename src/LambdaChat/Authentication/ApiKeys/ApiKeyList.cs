using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Authentication.ApiKeys;

/// <summary>Compares two hashes in constant time.</summary>
internal delegate bool HashComparison(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

/// <summary>The API keys of a configuration. Only their SHA-256 is known.</summary>
internal sealed class ApiKeyList(IReadOnlyList<ApiKey> keys, HashComparison comparison)
{
    public ApiKeyList(IReadOnlyList<ApiKey> keys)
        : this(keys, CryptographicOperations.FixedTimeEquals)
    {
    }

    public bool IsEmpty => keys.Count == 0;

    /// <summary>The comparison of hashes.</summary>
    public HashComparison Comparison => comparison;

    /// <summary>Finds a key. Always compares every hash, in constant time.</summary>
    public ApiKey? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(key, hash);
        ApiKey? found = null;
        foreach (var candidate in keys)
        {
            if (comparison(hash, candidate.Hash))
            {
                found = candidate;
            }
        }

        return found;
    }

    /// <summary>Writes the SHA-256 of a key in UTF-8, 32 bytes.</summary>
    public static void Hash(string key, Span<byte> hash) => SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
}
