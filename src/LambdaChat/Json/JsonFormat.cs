using System.Buffers;

namespace LambdaChat.Json;

/// <summary>The formatting of JSON: white space between its tokens.</summary>
internal static class JsonFormat
{
    private static readonly SearchValues<byte> QuoteOrBlank = SearchValues.Create("\" \t\r\n"u8);

    /// <summary>Removes the formatting of a valid document in place, and returns the new length.</summary>
    public static int Remove(Span<byte> json)
    {
        var (read, written) = (0, 0);
        while (read < json.Length)
        {
            var end = FindBlank(json, read);
            if (written < read)
            {
                json[read..end].CopyTo(json[written..]);
            }

            written += end - read;
            read = end;
            while (read < json.Length && json[read] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                read++;
            }
        }

        return written;
    }

    // The next white space outside of strings.
    private static int FindBlank(ReadOnlySpan<byte> json, int start)
    {
        while (json[start..].IndexOfAny(QuoteOrBlank) is var next and >= 0)
        {
            start += next;
            if (json[start] != (byte)'"')
            {
                return start;
            }

            start = FindEndOfString(json, start + 1);
        }

        return json.Length;
    }

    private static int FindEndOfString(ReadOnlySpan<byte> json, int start)
    {
        while (json[start..].IndexOfAny((byte)'"', (byte)'\\') is var next and >= 0)
        {
            start += next;
            if (json[start] == (byte)'"')
            {
                return start + 1;
            }

            start += 2;
        }

        return json.Length;
    }
}
