using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// Sends messages of the role <c>developer</c> as the role <c>system</c>, which chat templates know. Templates accept one system message at
/// the start of a conversation, so all messages of both roles become one. A repeated text is omitted. A client that sends the same text
/// with each turn therefore does not change the start of the conversation. Source:
/// https://platform.openai.com/docs/guides/text#message-roles
/// </summary>
internal sealed class SystemMessageEditor(int arrayStart)
{
    private const int MaximumCompared = 16; // Of the last messages.

    private readonly List<(int Start, int End, RequestJson? System)> _messages = [];
    private bool _hasDeveloper;

    /// <summary>Adds a message in the order of the conversation.</summary>
    public void Add(string? role, RequestJson? message, int start, int end)
    {
        _hasDeveloper |= role == "developer";
        _messages.Add((start, end, role is "developer" or "system" ? message : null));
    }

    /// <summary>Adds the edits of the conversation, if it has a developer message.</summary>
    public void Apply(RequestEditor editor)
    {
        if (!_hasDeveloper)
        {
            return;
        }

        var merged = _messages.Where(message => message.System is not null).Select(message => message.System!).ToList();
        if (merged.Count == 1 && _messages[0].System is { } only)
        {
            var role = new RequestEditor(only);
            role.Set("role", "\"system\""u8);
            editor.Include(role, _messages[0].Start);
            return;
        }

        var isFollowed = merged.Count < _messages.Count;
        editor.Replace(arrayStart, arrayStart, [.. Merge(merged), .. isFollowed ? ","u8 : default]);
        Remove(editor);
    }

    // Adjacent removed messages are removed with the commas after them or, at the end of the list, with the comma before them.
    private void Remove(RequestEditor editor)
    {
        for (var i = 0; i < _messages.Count; i++)
        {
            if (_messages[i].System is null)
            {
                continue;
            }

            var first = i;
            while (i + 1 < _messages.Count && _messages[i + 1].System is not null)
            {
                i++;
            }

            var isLast = i + 1 == _messages.Count;
            editor.Replace(
                isLast && first > 0 ? _messages[first - 1].End : _messages[first].Start,
                isLast ? _messages[i].End : _messages[i + 1].Start,
                []);
        }
    }

    // Texts are joined by an empty line. If one message has a list of parts, the result is a list of parts.
    private static byte[] Merge(List<RequestJson> messages)
    {
        var hasParts = messages.Exists(message => message.Find("content") is { Type: JsonTokenType.StartArray });
        var output = new ArrayBufferWriter<byte>();
        output.Write("""{"role":"system","content":"""u8);
        output.Write(hasParts ? "["u8 : "\""u8);
        var isFirst = true;
        for (var i = 0; i < messages.Count; i++)
        {
            var inner = InnerContent(messages[i], out var isText);
            if (inner.Trim(" \t\r\n"u8).IsEmpty || IsRepeated(messages, i))
            {
                continue;
            }

            output.Write(isFirst ? default : hasParts ? ","u8 : "\\n\\n"u8);
            isFirst = false;
            WriteContent(output, inner, isPart: hasParts && isText);
        }

        output.Write(hasParts ? "]}"u8 : "\"}"u8);
        return output.WrittenSpan.ToArray();
    }

    // Without quotes or brackets; empty if there is neither a text nor a list.
    private static ReadOnlySpan<byte> InnerContent(RequestJson message, out bool isText)
    {
        var content = message.Find("content");
        isText = content?.Type == JsonTokenType.String;
        return content is { Type: JsonTokenType.String or JsonTokenType.StartArray } found ? found.Text(message.Body.Span) : default;
    }

    private static bool IsRepeated(List<RequestJson> messages, int index)
    {
        var inner = InnerContent(messages[index], out var isText);
        for (var i = Math.Max(0, index - MaximumCompared); i < index; i++)
        {
            if (InnerContent(messages[i], out var isEarlierText).SequenceEqual(inner) && isText == isEarlierText)
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteContent(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> inner, bool isPart)
    {
        output.Write(isPart ? """{"type":"text","text":" """u8[..^1] : default);
        output.Write(inner);
        output.Write(isPart ? "\"}"u8 : default);
    }
}
