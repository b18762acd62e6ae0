using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.ReplyStore;

/// <summary>
/// The key of a reply in the store: a hash of its caller, keyed with its id. For the same id, another caller has another key and finds
/// nothing. The store receives neither the id nor the caller.
/// </summary>
/// <param name="Value">The key, in lower-case hexadecimal digits.</param>
/// <param name="Caller">The name of the caller, for the caller's share of the memory store; not stored in a table.</param>
internal readonly record struct ReplyKey(string Value, string Caller)
{
    /// <param name="caller">The name of the caller; null for anonymous access.</param>
    /// <param name="id">The id of the reply, or a name that the caller gave it.</param>
    public static ReplyKey Of(string? caller, string id) => new(Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(caller is null ? "" : $"caller {caller}"))), caller ?? "");
}

/// <summary>The name of a reply, by which its caller finds it.</summary>
/// <param name="Key">The key of the caller and the name.</param>
/// <param name="Id">The id of the reply.</param>
internal sealed record ReplyName(ReplyKey Key, string Id);

/// <summary>The reply that has a name.</summary>
/// <param name="At">When it began.</param>
internal sealed record NamedReply(string Id, DateTimeOffset At);
