namespace LambdaChat.Api.Requests;

/// <summary>Finds members in JSON without parsing it, to see whether it needs an edit.</summary>
internal static class MemberSearch
{
    /// <summary>Finds the next member with a value, for example <c>null</c>.</summary>
    /// <param name="json">The JSON; after the call, what follows the value.</param>
    /// <param name="name">The JSON up to the end of the member's name.</param>
    public static bool TryFind(ref ReadOnlySpan<byte> json, ReadOnlySpan<byte> value, out ReadOnlySpan<byte> name)
    {
        while (json.IndexOf(value) is >= 0 and var start)
        {
            name = TrimEnd(json[..start]);
            json = json[(start + value.Length)..];
            if (!name.EndsWith(":"u8))
            {
                continue;
            }

            name = TrimEnd(name[..^1]);
            if (name.EndsWith("\""u8) && !name.EndsWith("\\\""u8)) // A quote inside a string has a backslash before it.
            {
                return true;
            }
        }

        name = default;
        return false;
    }

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> json) => json.TrimEnd(" \t\r\n"u8);
}
