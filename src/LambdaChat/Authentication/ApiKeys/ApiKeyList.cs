using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Authentication.ApiKeys;

/// <summary>Compares two hashes in a time that does not depend on what they hold.</summary>
internal delegate bool HashComparison(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

/// <summary>The keys of a configuration, known only by their SHA-256.</summary>
internal sealed class ApiKeyList(IReadOnlyList<ApiKey> keys, HashComparison comparison)
{
    public ApiKeyList(IReadOnlyList<ApiKey> keys)
        : this(keys, CryptographicOperations.FixedTimeEquals)
    {
    }

    public bool IsEmpty => keys.Count == 0;

    /// <summary>What hashes are compared with.</summary>
    public HashComparison Comparison => comparison;

    /// <summary>Finds a key. Every hash is compared, in constant time, whether one has matched or not.</summary>
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

    /// <summary>Writes the SHA-256 of a key's UTF-8 into 32 bytes.</summary>
    public static void Hash(string key, Span<byte> hash) => SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
}
