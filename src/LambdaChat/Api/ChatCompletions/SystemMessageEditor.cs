using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// Sends messages of the role <c>developer</c> in roles that chat templates know. Templates accept one system message at the start of a
/// conversation: all messages of both roles before the first reply become one. A later developer message joins the messages of the user
/// beside it, so that the start of the request stays the same. Source: https://platform.openai.com/docs/guides/text#message-roles
/// </summary>
internal sealed class SystemMessageEditor(int arrayStart)
{
    private readonly List<Message> _messages = [];
    private int _head = -1; // The number of messages before the first reply; -1 before it.

    /// <summary>Adds a message in the order of the conversation.</summary>
    public void Add(string? role, RequestJson? message, int start, int end)
    {
        _head = _head < 0 && role is "assistant" or "tool" ? _messages.Count : _head;
        _messages.Add(new(start, end, role, message));
    }

    /// <summary>Adds the edits of the conversation, if it has a developer message.</summary>
    public void Apply(RequestEditor editor)
    {
        var head = _head < 0 ? _messages.Count : _head;
        if (_messages.Take(head).Any(static message => message.IsDeveloper))
        {
            MergeHead(editor, head);
        }

        for (var i = head; i < _messages.Count; i++)
        {
            var first = i;
            while (i < _messages.Count && (_messages[i].IsDeveloper || _messages[i].Role == "user"))
            {
                i++;
            }

            var run = _messages[first..i];
            if (run.Exists(static message => message.IsDeveloper))
            {
                editor.Replace(run[0].Start, run[^1].End, Merge("user", run));
            }
        }
    }

    private void MergeHead(RequestEditor editor, int head)
    {
        var merged = _messages[..head].FindAll(static message => message.IsSystem);
        if (merged.Count == 1 && _messages[0].IsSystem)
        {
            var role = new RequestEditor(merged[0].Json!);
            role.Set("role", "\"system\""u8);
            editor.Include(role, merged[0].Start);
            return;
        }

        var isFollowed = merged.Count < _messages.Count;
        editor.Replace(arrayStart, arrayStart, [.. Merge("system", merged), .. isFollowed ? ","u8 : default]);
        Remove(editor, head);
    }

    // Adjacent removed messages are removed with the commas after them or, at the end of the list, with the comma before them.
    private void Remove(RequestEditor editor, int head)
    {
        for (var i = 0; i < head; i++)
        {
            if (!_messages[i].IsSystem)
            {
                continue;
            }

            var first = i;
            while (i + 1 < head && _messages[i + 1].IsSystem)
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
    private static byte[] Merge(string role, List<Message> messages)
    {
        var hasParts = messages.Exists(static message => message.Json!.Find("content") is { Type: JsonTokenType.StartArray });
        var output = new ArrayBufferWriter<byte>();
        output.Write("{\"role\":\""u8);
        output.Write(role == "user" ? "user"u8 : "system"u8);
        output.Write("\",\"content\":"u8);
        output.Write(hasParts ? "["u8 : "\""u8);
        var isFirst = true;
        foreach (var message in messages)
        {
            if (message.Json!.Find("content") is not { Type: JsonTokenType.String or JsonTokenType.StartArray } content)
            {
                continue;
            }

            var inner = content.Text(message.Json.Body.Span);
            if (inner.Trim(" \t\r\n"u8).IsEmpty)
            {
                continue;
            }

            output.Write(isFirst ? default : hasParts ? ","u8 : "\\n\\n"u8);
            isFirst = false;
            var isMarked = role == "user" && message.IsDeveloper;
            Write(output, inner, isMarked, hasParts, content.Type == JsonTokenType.String);
        }

        output.Write(hasParts ? "]}"u8 : "\"}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> inner, bool isMarked, bool hasParts, bool isText)
    {
        var (partStart, partEnd) = (hasParts && (isText || isMarked), hasParts && isMarked && !isText);
        output.Write(partStart ? """{"type":"text","text":" """u8[..^1] : default);
        output.Write(isMarked ? LaterInstructions.Start : default);
        output.Write(partEnd ? "\"},"u8 : default);
        output.Write(inner);
        output.Write(partEnd ? """,{"type":"text","text":" """u8[..^1] : default);
        output.Write(isMarked ? LaterInstructions.End : default);
        output.Write(partStart ? "\"}"u8 : default);
    }

    private sealed record Message(int Start, int End, string? Role, RequestJson? Json)
    {
        public bool IsDeveloper => Role == "developer";

        public bool IsSystem => Role is "developer" or "system";
    }
}
