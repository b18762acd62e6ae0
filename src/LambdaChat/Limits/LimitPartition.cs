using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Limits;

/// <summary>The owner of a limit: a key, or a model that all its callers share.</summary>
/// <param name="Key">Its partition key in the table.</param>
/// <param name="Description">Its name in an error message. It never contains the name of a key.</param>
/// <param name="Kind">Its name in the log.</param>
internal sealed record LimitPartition(string Key, string Description, string Kind)
{
    private const string Prefix = "SPENT#";
    private const int MaximumNameLength = 256; // Characters. A partition key has at most 2048 bytes.

    /// <summary>The partition of a key; of anonymous access for null.</summary>
    public static LimitPartition OfKey(string? name) => name is null
        ? new LimitPartition($"{Prefix}open", "anonymous access", "key")
        : new LimitPartition($"{Prefix}key#{Shorten(name)}", "this key", "key");

    public static LimitPartition OfModel(string name) =>
        new($"{Prefix}model#{name}", $"the model `{name}`, shared by all callers", "model");

    /// <summary>The partition key of the reservations that this caller has at limits of <paramref name="shared"/>.</summary>
    public string ReservationKey(LimitPartition shared) => $"RESERVED#{Key[Prefix.Length..]}#{shared.Key[Prefix.Length..]}";

    private static string Shorten(string name) =>
        name.Length <= MaximumNameLength ? name : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
