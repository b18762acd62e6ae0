using System.Text.Json;

namespace LambdaChat.Api.Requests;

/// <summary>
/// The marks <c>cache_control</c> in messages, which clients of several providers send everywhere. Model servers ignore them and cache all
/// prefixes. Clients move the marks to the last messages of each turn, and a text needs a content part to have a mark. Without the marks,
/// the earlier messages have the same bytes in each turn. Source: https://openrouter.ai/docs/features/prompt-caching
/// </summary>
internal static class CacheMarks
{
    private const string Name = "cache_control";
    private const int MaximumMarks = 10_000; // Clients send a few. Each costs an edit.

    private static ReadOnlySpan<byte> Member => "\"cache_control\":"u8;

    /// <summary>
    /// Removes the marks from a body without white space, in place, and returns the new length. In a body with a mark, the only part of a
    /// message becomes its text. A body with more than 10,000 marks is not changed.
    /// </summary>
    public static int Remove(Memory<byte> body)
    {
        if (body.Span.Count(Member) is 0 or > MaximumMarks || RequestJson.TryParse(body) is not { } json
            || json.Find("messages") is not { Type: JsonTokenType.StartArray } messages)
        {
            return body.Length;
        }

        var editor = new RequestEditor(json);
        foreach (var (start, end) in json.ObjectsOf(messages))
        {
            if (RequestJson.TryParse(body[start..end]) is { } message)
            {
                editor.Include(Edit(message), start);
            }
        }

        var length = 0;
        foreach (var piece in editor.Apply())
        {
            piece.Span.CopyTo(body.Span[length..]); // The edits only remove bytes, so no piece overwrites a later one.
            length += piece.Length;
        }

        return length;
    }

    private static RequestEditor Edit(RequestJson message)
    {
        var editor = new RequestEditor(message);
        editor.Remove(Name);
        if (message.Find("content") is not { Type: JsonTokenType.StartArray } content)
        {
            return editor;
        }

        var parts = message.ObjectsOf(content);
        foreach (var (start, end) in parts)
        {
            if ((parts.Count > 1 && message.Body.Span[start..end].IndexOf(Member) < 0)
                || RequestJson.TryParse(message.Body[start..end]) is not { } part)
            {
                continue;
            }

            if (parts.Count == 1 && IsText(part))
            {
                var text = part.Find("text")!.Value;
                editor.Replace(content.ValueStart, start + text.ValueStart, []);
                editor.Replace(start + text.ValueEnd, content.ValueEnd, []);
                continue;
            }

            var edited = new RequestEditor(part);
            edited.Remove(Name);
            editor.Include(edited, start);
        }

        return editor;
    }

    private static bool IsText(RequestJson part) =>
        part.Find("type") is { } type && part.Value(type).SequenceEqual("\"text\""u8)
        && part.Find("text") is { Type: JsonTokenType.String } && part.Names.All(static name => name is "type" or "text" or Name);
}
