using LambdaChat.Streaming;

namespace LambdaChat.Relay.Records;

/// <summary>
/// Divides JSON documents that follow each other without a line end (LitServe's <c>json.dumps</c> of each chunk), also with the field name
/// <c>data:</c> between them. A document is valid until the next call. Not thread-safe.
/// </summary>
internal sealed class JoinedDocuments
{
    private readonly ByteBuffer _rest = new(256);
    private int _start;

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    /// <summary>True once a document has followed another one. The end of a document then needs no sign that another one follows.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>True while <see cref="TryTake"/> has documents.</summary>
    public bool HasMore => _start < _rest.Length;

    /// <summary>True for the first byte of a document, which may be the end marker <c>[DONE]</c>.</summary>
    public static bool IsStart(byte b) => b is (byte)'{' or (byte)'[';

    /// <summary>
    /// False for one document. A bracket that closes and one that opens, with nothing but white space between, occur in a document only in
    /// its texts, and nearly every record has none.
    /// </summary>
    public static bool IsPossible(ReadOnlySpan<byte> json)
    {
        for (var close = json.IndexOf((byte)'}'); close >= 0; close = json.IndexOf((byte)'}'))
        {
            json = json[(close + 1)..];
            if (json is [not ((byte)',' or (byte)'}' or (byte)']'), ..] && Begins(json))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the first document, and keeps those after it for <see cref="TryTake"/>.</summary>
    public ReadOnlySpan<byte> TakeFirst(ReadOnlySpan<byte> documents)
    {
        if (documents is not [(byte)'{', ..] || !(IsUnderWay || IsPossible(documents)))
        {
            return documents;
        }

        var end = EndOfFirst(documents);
        if (end < documents.Length)
        {
            IsUnderWay = true;
            _rest.Clear();
            _rest.Append(Skip(documents[end..]));
            _start = 0;
        }

        return documents[..end];
    }

    /// <summary>Takes the next document; false after the last one.</summary>
    public bool TryTake(out ReadOnlySpan<byte> document)
    {
        var rest = _rest.Span[_start..];
        document = rest is [(byte)'{', ..] ? rest[..EndOfFirst(rest)] : rest;
        _start += document.Length;
        _start = _rest.Length - Skip(_rest.Span[_start..]).Length;
        document = document is [(byte)'{', ..] ? document.TrimEnd(Blanks) : document;
        return !document.IsEmpty;
    }

    /// <summary>Takes all further documents as they are.</summary>
    public ReadOnlySpan<byte> TakeRest()
    {
        var rest = _rest.Span[_start..];
        _start = _rest.Length;
        return rest;
    }

    // All documents if they are one.
    private int EndOfFirst(ReadOnlySpan<byte> documents)
    {
        var end = default(JsonBoundary).FindEnd(documents);
        return end > 0 && Skip(documents[end..]) is { Length: > 0 } && (IsUnderWay || Begins(documents[end..])) ? end : documents.Length;
    }

    // True for the bytes after a document if another one follows.
    private static bool Begins(ReadOnlySpan<byte> rest) => Skip(rest) is [var next, ..] && IsStart(next);

    // Without what stands between documents.
    private static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart(Blanks);
        return rest.StartsWith("data:"u8) ? rest["data:"u8.Length..].TrimStart(Blanks) : rest;
    }
}
