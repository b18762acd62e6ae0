using System.Buffers;

namespace LambdaChat.Streaming.Sse;

/// <summary>
/// Decides whether a line belongs to the data before it, where a server leaves out the blank line between two events, or the field name
/// in front of the further lines of a JSON document.
/// </summary>
internal static class LenientLines
{
    private static readonly SearchValues<byte> FieldNameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    /// <summary>True for a line that is not a field and continues the data: it begins as a line inside a JSON document.</summary>
    public static bool Continues(ReadOnlySpan<byte> data, ReadOnlySpan<byte> line) =>
        data is [(byte)'{', .., (byte)'}'] ? line.TrimStart(" \t"u8) is [] or [(byte)',' or (byte)'}' or (byte)']', ..]
        : line[0] is (byte)' ' or (byte)'\t' or (byte)'"' or (byte)'}' or (byte)']'
        || (line[0] is (byte)'{' or (byte)'[' or (byte)'-' or (>= (byte)'0' and <= (byte)'9')
            && data.TrimEnd(" \t"u8) is [.., (byte)'[' or (byte)',' or (byte)':']);

    /// <summary>True for a field that the specification says to ignore, and not the label of a message.</summary>
    public static bool IsIgnoredField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> line) =>
        name.Length is > 0 and <= 32 && name.Length < line.Length && name.IndexOfAnyExcept(FieldNameBytes) < 0
        && name.IndexOf("err"u8) < 0 && name.IndexOf("exception"u8) < 0 && name.IndexOf("fail"u8) < 0
        && name.IndexOf("message"u8) < 0 && name.IndexOf("detail"u8) < 0;

    /// <summary>
    /// True for a field that begins another event: an error, or data after a JSON object that is complete. In one JSON document, a closing
    /// brace is followed by a comma or another bracket.
    /// </summary>
    public static bool EndsEvent(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        name.SequenceEqual("error"u8)
        || (data is [(byte)'{', .., (byte)'}']
            && ((name.SequenceEqual("data"u8) && value.TrimStart(" \t"u8) is [not ((byte)',' or (byte)'}' or (byte)']'), ..])
                || (name.SequenceEqual("event"u8) && value.SequenceEqual("error"u8) && !IsError(data))));

    // The type of an event may also come after its data.
    private static bool IsError(ReadOnlySpan<byte> data) =>
        (data.IndexOf("\"message\""u8) >= 0 || data.IndexOf("\"error\""u8) >= 0 || data.IndexOf("\"detail\""u8) >= 0)
        && data.IndexOf("\"choices\""u8) < 0 && data.IndexOf("\"token\""u8) < 0;
}
