using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// Repairs the arguments of earlier tool calls that are not a JSON object, or have half of a surrogate pair, as in the other APIs. Model
/// servers parse them and reject the whole request, so one call with damaged arguments would make every later request of the conversation
/// fail.
/// </summary>
internal static class ToolCallEditor
{
    private const string Member = "arguments";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestValidator.MaximumDepth };

    /// <summary>False if all members of the request with this name are accepted.</summary>
    public static bool MayEdit(RequestJson json)
    {
        // Quotes inside a string have a backslash before them, so the bytes can only be the end of a name or of a string.
        var name = "\"arguments\""u8;
        var rest = json.Body.Span;
        while (rest.IndexOf(name) is >= 0 and var start)
        {
            rest = rest[(start + name.Length)..];
            if (rest.TrimStart(" \t\r\n"u8) is [(byte)':', .. var value] && !IsAccepted(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds the repairs of an assistant message to its edits.</summary>
    public static void Edit(RequestJson message, RequestEditor editor)
    {
        Repair(message, "tool_calls", depth: 3, editor); // A call is an object in an array, and its function is one in the call.
        Repair(message, "function_call", depth: 1, editor);
    }

    private static void Repair(RequestJson message, string name, int depth, RequestEditor editor)
    {
        if (message.Find(name) is not { } member)
        {
            return;
        }

        var json = message.Value(member);
        var reader = new Utf8JsonReader(json, Options);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != depth || !reader.ValueTextEquals(Member))
            {
                continue;
            }

            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (!IsAccepted(json[start..end]))
            {
                editor.Replace(member.ValueStart + start, member.ValueStart + end, Repaired(json[start..end]));
            }
        }
    }

    // Some model servers accept an object in place of its text. All others reject it with a message that names the field.
    private static bool IsAccepted(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, Options);
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject || (reader.TokenType == JsonTokenType.String && IsObject(ref reader));
    }

    private static bool IsObject(ref Utf8JsonReader text)
    {
        if (!text.ValueIsEscaped)
        {
            return ToolJson.IsObject(text.ValueSpan);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(text.ValueSpan.Length);
        try
        {
            ReadOnlySpan<byte> json = buffer.AsSpan(0, text.CopyString(buffer));
            return ToolJson.IsObject(json) && JsonText.FindLoneSurrogate(json) < 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Repaired(ReadOnlySpan<byte> value)
    {
        var element = JsonElement.Parse(value, RequestItem.Options);
        return ToolJson.Arguments(element.ValueKind == JsonValueKind.Null ? null : new RequestItem(element, Member));
    }
}
