using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LambdaChat.Relay.Records;

/// <summary>
/// Tells text from JSON in the place of a record. A JSON record that was cut counts as damaged JSON, not as text: it has half a string, or
/// unmatched brackets.
/// </summary>
internal static class RecordText
{
    private const int MaximumRead = 512; // A longer text is classified by its beginning.

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("-+.0123456789eE"u8);

    private static readonly byte[][] ErrorWords =
    [
        .. new[]
        {
            "error", "exception", "traceback", "fail", "fatal", "out of memory", "oomkill", "abort", "timeout", "timed out", "unavailable",
            "overloaded", "too many requests", "rate limit", "bad gateway", "bad request", "not found", "forbidden", "unauthorized",
            "denied", "refused", "crash", "killed", "died", "terminated", "panic", "segmentation", "invalid", "cannot", "could not",
            "time-out", "no healthy", "exhausted", "unable to", "<html", "<!doctype", "错误", "失败", "异常", "超时",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] ReplyNames =
        [.. new[] { "choices", "delta", "generated_text", "token" }.Select(Encoding.UTF8.GetBytes)];

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    /// <summary>True for text, HTML and the text form of Python's objects.</summary>
    public static bool IsText(ReadOnlySpan<byte> data) => data switch
    {
        [(byte)'{', (byte)'"', ..] or [] => false, // Nearly every record.
        [(byte)'{', ..] => data[1..].TrimStart(Blanks) is [(byte)'\'', ..],
        [(byte)'[', ..] => !IsArray(data[1..].TrimStart(Blanks)),
        [(byte)'}' or (byte)']' or (byte)',' or (byte)':', ..] => false,
        [(byte)'"', ..] => IsString(data),
        _ => !IsPartOfJson(data),
    };

    /// <summary>True for a text, or the type of an event, that names an error.</summary>
    public static bool IsError(ReadOnlySpan<byte> text)
    {
        Span<byte> lower = stackalloc byte[MaximumRead];
        text = text[..Math.Min(text.Length, MaximumRead)];
        for (var i = 0; i < text.Length; i++)
        {
            lower[i] = text[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(text[i] | 0x20) : text[i];
        }

        foreach (var word in ErrorWords)
        {
            if (lower[..text.Length].IndexOf(word) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True for text with the members of a chunk: a part of the reply that is damaged or in another format.</summary>
    public static bool HasReply(ReadOnlySpan<byte> text)
    {
        foreach (var name in ReplyNames)
        {
            for (var rest = text; rest.IndexOf(name) is var start and >= 0; rest = rest[(start + name.Length)..])
            {
                var isQuoted = start > 0 && rest[start - 1] is (byte)'"' or (byte)'\'';
                if (isQuoted && rest[(start + name.Length)..].TrimStart("\\\"'"u8).TrimStart(Blanks) is [(byte)':', ..])
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsString(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        try
        {
            return reader.Read() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // [0.1,0.2] and [null], but not [0] worker died, [2026-11-28 10:00:00] or [rank0]
    private static bool IsArray(ReadOnlySpan<byte> items)
    {
        var end = items.IndexOfAnyExcept(NumberBytes);
        return items.IsEmpty || items[0] is (byte)'{' or (byte)'[' or (byte)'"' or (byte)']'
            || items.StartsWith("null"u8) || items.StartsWith("true"u8) || items.StartsWith("false"u8) || items.StartsWith("NaN"u8)
            || items.StartsWith("Infinity"u8)
            || (items[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9')
                && (end < 0 || items[end..].TrimStart(Blanks) is [] or [(byte)',', ..] or [(byte)']']));
    }

    private static bool IsPartOfJson(ReadOnlySpan<byte> data)
    {
        var hasParts = data.IndexOf("\":"u8) >= 0 || data.IndexOf("\"}"u8) >= 0 || data.IndexOf("\"]"u8) >= 0
            || data[^1] is (byte)'}' or (byte)']';
        return hasParts
            && (int.IsOddInteger(data.Count((byte)'"'))
                || data.Count((byte)'{') != data.Count((byte)'}') || data.Count((byte)'[') != data.Count((byte)']'));
    }
}
