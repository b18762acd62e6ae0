using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LambdaChat.Authentication.Callers;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>
/// Creates routing hints: a hint is a hash of the conversation's name, keyed with the caller's name. It does not show either name, two
/// callers never share one, and every process computes the same one.
/// </summary>
internal static class RoutingHints
{
    private const int MaximumName = 512; // Characters. Longer names are ignored.
    private const int MaximumNameBytes = 3 * MaximumName;

    // OpenRouter and others, opencode, Claude Code, Codex until 2025 and since. SageMaker's own header is hashed too, unless the model
    // forwards it.
    private static readonly string[] NameHeaders =
        [ForwardedHeader.PrefixAwareId, "X-Session-Id", "x-session-affinity", "X-Claude-Code-Session-Id", "session_id", "session-id"];

    /// <summary>Creates the hint of a request; null if the model has none.</summary>
    /// <param name="conversation">The name that the request's API has for the conversation; null for none.</param>
    /// <param name="start">
    /// The start of the conversation, which names a conversation without a name. Null for other requests, which then share the hint of
    /// their caller.
    /// </param>
    /// <param name="inherited">The hint of the response that the request continues; null for none.</param>
    public static RoutingHint? Create(
        IncomingRequest incoming, string? conversation, ConversationStart? start, RoutingHint? inherited = null)
    {
        if (incoming.Model.PrefixAwareId == PrefixAwareId.Off)
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[MaximumNameBytes];
        var isNamed = incoming.Model.PrefixAwareId == PrefixAwareId.Conversation;
        var name = isNamed ? FindName(incoming, buffer) : default;
        if (isNamed && name.IsEmpty && inherited is not null)
        {
            return inherited;
        }

        if (isNamed && name.IsEmpty && conversation is { Length: > 0 and <= MaximumName })
        {
            name = buffer[..Encoding.UTF8.GetBytes(conversation, buffer)];
        }

        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes((Caller.Of(incoming.Context).Id ?? "").AsSpan()), key);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, name, hash);
        if (isNamed && name.IsEmpty)
        {
            start?.AddTo(hash);
        }

        return RoutingHint.Of(hash);
    }

    private static ReadOnlySpan<byte> FindName(IncomingRequest incoming, Span<byte> buffer)
    {
        foreach (var header in NameHeaders)
        {
            if (incoming.Context.Request.Headers[header] is [{ Length: > 0 and <= MaximumName } value])
            {
                return buffer[..Encoding.UTF8.GetBytes(value, buffer)];
            }
        }

        if (incoming.Json.Find(RoutingHint.BodyMember) is not { HasText: true } member
            || incoming.Json.Value(member).Length > MaximumNameBytes)
        {
            return default;
        }

        var reader = new Utf8JsonReader(incoming.Json.Value(member));
        reader.Read();
        return buffer[..reader.CopyString(buffer)]; // Escapes are the client's choice.
    }
}
