namespace LambdaChat.Json;

/// <summary>The formatting of JSON: white space between its tokens.</summary>
internal static class JsonFormat
{
    /// <summary>Removes the formatting of a valid document in place, and returns the new length.</summary>
    public static int Remove(Span<byte> json)
    {
        var read = FindBlank(json, 0);
        var written = read;
        while (read < json.Length)
        {
            while (read < json.Length && IsBlank(json[read]))
            {
                read++;
            }

            var end = FindBlank(json, read);
            json[read..end].CopyTo(json[written..]);
            written += end - read;
            read = end;
        }

        return written;
    }

    // The next white space outside of strings.
    private static int FindBlank(ReadOnlySpan<byte> json, int start)
    {
        while (start < json.Length && !IsBlank(json[start]))
        {
            start = json[start] == (byte)'"' ? FindEndOfString(json, start + 1) : start + 1;
        }

        return start;
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

    private static bool IsBlank(byte token) => token is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
