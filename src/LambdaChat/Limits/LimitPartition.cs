using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Limits;

/// <summary>Who spends: a key, or all callers of a model together.</summary>
/// <param name="Partition">Its partition key in the table.</param>
/// <param name="Words">How a message calls it at the start of a sentence. Of a key no name: the caller knows its own, and no other is told.</param>
/// <param name="Kind">How the log calls it.</param>
internal sealed record LimitPartition(string Partition, string Words, string Kind)
{
    private const int MaximumNameLength = 256; // Characters; a partition key has at most 2048 bytes.

    /// <summary>A key by its name; null for everybody, where the API is open.</summary>
    public static LimitPartition OfKey(string? name) =>
        name is null ? new LimitPartition("SPENT#open", "Everybody together", "key") : new LimitPartition($"SPENT#key#{Short(name)}", "This key", "key");

    public static LimitPartition OfModel(string name) => new($"SPENT#model#{name}", $"The model `{name}`, all its callers together,", "model");

    private static string Short(string name) =>
        name.Length <= MaximumNameLength ? name : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
