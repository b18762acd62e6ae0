using System.Text;
using System.Text.Json;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Json;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>The input of a custom tool whose arguments were cut.</summary>
internal static class CutInput
{
    /// <summary>Returns the text that arrived, as a JSON string; null if the arguments are in another form.</summary>
    public static byte[]? Quote(string arguments)
    {
        var json = Encoding.UTF8.GetBytes(arguments);
        var start = FindValue(json);
        return start < 0 ? null : JsonText.Quote(JsonText.Decode(json.AsSpan(start)[..WholeLength(json.AsSpan(start))]));
    }

    // Returns the index after the opening quote of the argument, or -1 if the argument has not begun.
    private static int FindValue(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName
                || !reader.ValueTextEquals(ToolWriter.CustomArgument))
            {
                return -1;
            }

            if (reader.Read()) // Only the end of the object is missing.
            {
                return reader.TokenType == JsonTokenType.String ? (int)reader.TokenStartIndex + 1 : -1;
            }
        }
        catch (JsonException)
        {
            return -1;
        }

        var rest = json[(int)reader.BytesConsumed..].TrimStart(": \t\r\n"u8);
        return rest.StartsWith("\""u8) ? json.Length - rest.Length + 1 : -1;
    }

    // The length of the text, without half an escape sequence at the end.
    private static int WholeLength(ReadOnlySpan<byte> escaped)
    {
        var i = 0;
        while (i < escaped.Length && escaped[i] != (byte)'"')
        {
            var length = escaped[i] != (byte)'\\' ? 1 : i + 1 < escaped.Length && escaped[i + 1] == (byte)'u' ? 6 : 2;
            if (i + length > escaped.Length)
            {
                return i;
            }

            i += length;
        }

        return i;
    }
}
