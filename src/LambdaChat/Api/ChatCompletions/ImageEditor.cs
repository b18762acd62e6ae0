using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Json;
using LambdaChat.Models;
using LambdaChat.Streaming;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// Replaces the images of a message by a text, for a model whose settings say that it accepts texts only. A model server would refuse the
/// request, and with it each later one of an agent, whose history keeps the image.
/// </summary>
internal static class ImageEditor
{
    private const int MaximumImages = 10_000; // Clients send a few. Each costs an edit.

    private static ReadOnlySpan<byte> Replacement => "[An image was left out, because this model accepts texts only.]"u8;

    /// <summary>False if no message of the request needs an edit.</summary>
    public static bool MayEdit(RequestJson json, Model model) =>
        model.IsTextOnly && json.Body.Span.Count("\"image_url\""u8) is > 0 and <= 2 * MaximumImages; // Each has the name twice.

    /// <summary>Edits a message. Its content becomes a string, unless it has parts of further types.</summary>
    public static RequestEditor Edit(RequestJson message)
    {
        var editor = new RequestEditor(message);
        if (message.Find("content") is { Type: JsonTokenType.StartArray } content && PartsOf(message, content) is var parts
            && parts.Exists(static part => part.IsImage))
        {
            if (parts.TrueForAll(static part => part.IsImage || part.TextEnd > 0))
            {
                Join(content, parts, editor);
            }
            else
            {
                Replace(parts, editor);
            }
        }

        return editor;
    }

    private static void Replace(List<Part> parts, RequestEditor editor)
    {
        foreach (var part in parts.Where(static part => part.IsImage))
        {
            editor.Replace(part.Start, part.End, [.. "{\"type\":\"text\",\"text\":\""u8, .. Replacement, .. "\"}"u8]);
        }
    }

    // Keeps the bytes of the texts, and replaces what is between them.
    private static void Join(JsonMember content, List<Part> parts, RequestEditor editor)
    {
        var start = content.ValueStart;
        var between = new ByteBuffer(256);
        between.Append("\""u8);
        foreach (var part in parts)
        {
            between.Append(part.Start > parts[0].Start ? "\\n\\n"u8 : default);
            if (part.IsImage)
            {
                between.Append(Replacement);
                continue;
            }

            editor.Replace(start, part.TextStart, between.Span.ToArray());
            between.Clear();
            start = part.TextEnd;
        }

        between.Append("\""u8);
        editor.Replace(start, content.ValueEnd, between.Span.ToArray());
    }

    private static List<Part> PartsOf(RequestJson message, JsonMember content)
    {
        var parts = new List<Part>();
        foreach (var (start, end) in message.ObjectsOf(content))
        {
            var json = RequestJson.TryParse(message.Body[start..end]);
            var isImage = json?.Find("type") is { } type && json.Value(type).SequenceEqual("\"image_url\""u8);
            var text = json?.Find("text") is { Type: JsonTokenType.String } member ? member : default;
            parts.Add(new Part(start, end, isImage, start + text.ValueStart + 1, text.ValueEnd == 0 ? 0 : start + text.ValueEnd - 1));
        }

        return parts;
    }

    /// <param name="TextStart">The start of its text, inside the quotes.</param>
    /// <param name="TextEnd">The end of its text; 0 for a part without one.</param>
    private readonly record struct Part(int Start, int End, bool IsImage, int TextStart, int TextEnd);
}
