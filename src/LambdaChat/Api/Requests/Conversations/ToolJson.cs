using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>The arguments and the results of tool calls, as the JSON strings of a chat completion request.</summary>
internal static class ToolJson
{
    /// <summary>
    /// The arguments of a call. Model servers parse them and reject anything but an object. Text that is not JSON, because the model made
    /// an error or was cut, becomes the member <c>INVALID_JSON</c> of an object. Escapes of unpaired surrogates, which some models write,
    /// are replaced: tokenizers fail on them.
    /// </summary>
    public static byte[] Arguments(RequestItem? input)
    {
        if (input is not { } value)
        {
            return [.. "\"{}\""u8];
        }

        if (value.Value.ValueKind == JsonValueKind.Object)
        {
            return Quote(value.Raw);
        }

        var text = value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString()! : "null";
        var json = Encoding.UTF8.GetBytes(text);
        JsonText.ReplaceLoneSurrogates(json);
        return string.IsNullOrWhiteSpace(text) ? [.. "\"{}\""u8]
            : IsObject(json) ? Quote(json)
            : Quote([.. "{\"INVALID_JSON\":"u8, .. value.Raw, .. "}"u8]);
    }

    /// <summary>The result of a call: a text unchanged, any other value as JSON.</summary>
    public static byte[] Result(RequestItem? output) =>
        output is not { } value ? [.. "\"\""u8]
        : value.Value.ValueKind == JsonValueKind.String ? value.Raw.ToArray()
        : Quote(value.Raw);

    /// <summary>Returns JSON as a JSON string.</summary>
    public static byte[] Quote(ReadOnlySpan<byte> json) =>
        [(byte)'"', .. JsonEncodedText.Encode(json, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    /// <summary>True if the text is a JSON object.</summary>
    public static bool IsObject(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
