using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// Edits an earlier assistant message for the model. The thinking goes where the model expects it: clients return it as a field, as
/// <c>&lt;think&gt;</c> text, or as NextChat's lines with <c>&gt; </c>. The visible error text of a broken reply is removed, and damaged
/// arguments of tool calls are repaired. Empty lists mean nothing, but some templates and parsers fail on them.
/// </summary>
internal static class AssistantMessageEditor
{
    private const string ThinkStart = "<think>";
    private const string ThinkEnd = "</think>";

    /// <summary>False if no assistant message of the request needs an edit.</summary>
    public static bool MayEdit(RequestJson json, Model model) =>
        model.History != ReasoningHistory.Keep || model.StripQuotes || json.Body.Span.IndexOf(VisibleErrorText.Start) >= 0
        || MayHaveEmptyList(json.Body.Span) || ToolCallEditor.MayEdit(json);

    public static RequestEditor Edit(RequestJson message, Model model)
    {
        var editor = new RequestEditor(message);
        var reasoning = Thinking(message, "reasoning_content") ?? Thinking(message, "reasoning");
        if (Text(message, "content") is { } content)
        {
            var (thinking, answer) = Split(VisibleErrorText.Remove(content), model);
            if (answer.Length < content.Length)
            {
                editor.Set("content", JsonText.Quote(answer));
                reasoning ??= thinking;
            }
        }
        else if (message.Find("content") is { Type: JsonTokenType.StartArray } parts)
        {
            RemoveErrorText(message, parts, editor);
        }

        if (model.History != ReasoningHistory.Keep)
        {
            editor.Remove("reasoning_content");
            editor.Remove("reasoning");
            if (model.History != ReasoningHistory.Strip && reasoning is { Length: > 0 })
            {
                editor.Set(model.History == ReasoningHistory.Reasoning ? "reasoning" : "reasoning_content", JsonText.Quote(reasoning));
            }
        }

        RemoveEmptyLists(message, editor);
        ToolCallEditor.Edit(message, editor);
        return editor;
    }

    private static bool MayHaveEmptyList(ReadOnlySpan<byte> json)
    {
        while (MemberSearch.TryFind(ref json, "[]"u8, out var name))
        {
            if (name.EndsWith("\"tool_calls\""u8) || name.EndsWith("\"content\""u8))
            {
                return true;
            }
        }

        return false;
    }

    // Reports: https://github.com/vllm-project/vllm/issues/12937 and https://github.com/0xPlaygrounds/rig/issues/1362
    private static void RemoveEmptyLists(RequestJson message, RequestEditor editor)
    {
        if (message.IsEmptyList("tool_calls"))
        {
            editor.Remove("tool_calls");
        }

        if (message.IsEmptyList("content"))
        {
            editor.Set("content", editor.Value("tool_calls").IsEmpty ? "\"\""u8 : "null"u8);
        }
    }

    // Some clients send texts as lists of parts.
    private static void RemoveErrorText(RequestJson message, JsonMember parts, RequestEditor editor)
    {
        if (message.ObjectsOf(parts) is [.., var (start, end)] && RequestJson.TryParse(message.Body[start..end]) is { } last
            && Text(last, "text") is { } text && VisibleErrorText.Remove(text) is { } rest && rest.Length < text.Length)
        {
            var edited = new RequestEditor(last);
            edited.Set("text", JsonText.Quote(rest));
            editor.Include(edited, start);
        }
    }

    private static string? Thinking(RequestJson message, string name) => Text(message, name) is { Length: > 0 } text ? text : null;

    private static string? Text(RequestJson message, string name) =>
        message.Find(name) is { Type: JsonTokenType.String } ? message.FindText(name) : null;

    // The thinking, if the model's history setting moves it, and the rest of the content.
    private static (string? Thinking, string Answer) Split(string content, Model model)
    {
        var (thinking, answer) = ((string?)null, content);
        if (model.History != ReasoningHistory.Keep && answer.TrimStart().StartsWith(ThinkStart, StringComparison.Ordinal))
        {
            var start = answer.IndexOf(ThinkStart, StringComparison.Ordinal) + ThinkStart.Length;
            var end = answer.IndexOf(ThinkEnd, start, StringComparison.Ordinal);
            if (end >= 0)
            {
                (thinking, answer) = (answer[start..end], answer[(end + ThinkEnd.Length)..].TrimStart('\n'));
            }
        }

        return model.StripQuotes ? (thinking, RemoveQuote(answer)) : (thinking, answer);
    }

    // Removes leading paragraphs that start with "> ". A reply that is only a quote is the answer itself.
    private static string RemoveQuote(string content)
    {
        var position = 0;
        while (content.AsSpan(position).StartsWith("> "))
        {
            var end = content.IndexOf("\n\n", position, StringComparison.Ordinal);
            if (end < 0)
            {
                return content;
            }

            position = end + 2;
        }

        var answer = content[position..].TrimStart('\n');
        return answer.Length > 0 && position > 0 ? answer : content;
    }
}
