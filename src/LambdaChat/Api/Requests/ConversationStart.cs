using System.Security.Cryptography;
using System.Text.Json;

namespace LambdaChat.Api.Requests;

/// <summary>
/// The start of a conversation: the roles and texts up to the first message of the user. Their form does not count: a client may send a
/// text as a string in one turn and as a content part in the next, with or without a mark for a cache.
/// </summary>
/// <param name="chat">The chat completion request.</param>
/// <param name="systemLength">
/// The bytes of the leading system message that the conversation had at its start. The translation of other APIs adds later ones to it.
/// </param>
internal readonly struct ConversationStart(RequestJson chat, int systemLength = int.MaxValue)
{
    private const int MaximumTexts = 64; // Each costs one hash.

    /// <summary>Hashes the start, keyed with a hash that it replaces. No message leaves the hash unchanged.</summary>
    public void AddTo(Span<byte> hash)
    {
        if (chat.Find("messages") is not { Type: JsonTokenType.StartArray } member)
        {
            return;
        }

        var messages = chat.Value(member);
        var reader = new Utf8JsonReader(messages, new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        for (var texts = 0; texts < MaximumTexts && reader.Read() && reader.TokenType == JsonTokenType.StartObject;)
        {
            ReadMessage(ref reader, messages, out var role, out var content);
            var isSystem = texts == 0 && role.SequenceEqual("\"system\""u8);
            if (isSystem && systemLength == 0)
            {
                continue; // Added later.
            }

            Add(role, hash);
            AddTexts(content, isSystem ? systemLength : int.MaxValue, hash, ref texts);
            texts++;
            if (role.SequenceEqual("\"user\""u8))
            {
                return;
            }
        }
    }

    private static void ReadMessage(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> messages, out ReadOnlySpan<byte> role, out ReadOnlySpan<byte> content)
    {
        role = content = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isRole, isContent) = (reader.ValueTextEquals("role"u8), reader.ValueTextEquals("content"u8));
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = messages[start..(int)reader.BytesConsumed];
            role = isRole ? value : role;
            content = isContent ? value : content;
        }
    }

    // All strings of the parts, such as texts and the addresses of images, except their types and the marks for caches.
    private static void AddTexts(ReadOnlySpan<byte> content, int maximumLength, Span<byte> hash, ref int texts)
    {
        if (content.StartsWith("\""u8))
        {
            var text = content[1..^1];
            Add(text[..Math.Min(text.Length, maximumLength)], hash);
            return;
        }

        var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        while (!content.IsEmpty && texts < MaximumTexts && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName
                && (reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("cache_control"u8)))
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                Add(reader.ValueSpan, hash);
                texts++;
            }
        }
    }

    private static void Add(ReadOnlySpan<byte> text, Span<byte> hash)
    {
        Span<byte> next = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(hash, text, next);
        next.CopyTo(hash);
    }
}
