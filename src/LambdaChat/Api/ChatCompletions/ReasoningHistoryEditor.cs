using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// The thinking in a conversation's earlier answers, as the model wants it: as a member, as <c>&lt;think&gt;</c> text, or as the lines with
/// <c>&gt; </c> that NextChat keeps in front of an answer.
/// </summary>
internal static class ReasoningHistoryEditor
{
    /// <summary>Adds the edits of all assistant messages.</summary>
    public static void Edit(RequestJson json, Model model, RequestEditor editor)
    {
        var messages = json.Find("messages")!;
        var reader = new Utf8JsonReader(json.Value(messages), new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var start = messages.ValueStart + (int)reader.TokenStartIndex;
            reader.Skip();
            var end = messages.ValueStart + (int)reader.BytesConsumed;
            if (RequestJson.Parse(json.Body[start..end]).Json is { } message && Text(message, "role") == "assistant")
            {
                EditMessage(message, start, model, editor);
            }
        }
    }

    private static void EditMessage(RequestJson message, int offset, Model model, RequestEditor editor)
    {
        var own = new RequestEditor(message);
        var reasoning = Thinking(message, "reasoning_content") ?? Thinking(message, "reasoning");
        var content = Text(message, "content");
        if (content is not null)
        {
            var (thinking, answer) = Split(content, model);
            if (answer.Length < content.Length)
            {
                own.Set("content", RequestEditor.Quote(answer));
                reasoning ??= thinking;
            }
        }

        if (model.History != ReasoningHistory.Keep)
        {
            own.Remove("reasoning_content");
            own.Remove("reasoning");
            if (model.History != ReasoningHistory.Strip && reasoning is { Length: > 0 })
            {
                own.Set(model.History == ReasoningHistory.Reasoning ? "reasoning" : "reasoning_content", RequestEditor.Quote(reasoning));
            }
        }

        if (!own.IsEmpty)
        {
            editor.Replace(offset, offset + message.Body.Length, own.ApplyToArray());
        }
    }

    private static string? Thinking(RequestJson message, string name) => Text(message, name) is { Length: > 0 } text ? text : null;

    private static string? Text(RequestJson message, string name) => message.Find(name) is { Type: JsonTokenType.String } ? message.Text(name) : null;

    // The thinking where it is wanted further on, and what is left of the content.
    private static (string? Thinking, string Answer) Split(string content, Model model)
    {
        var (thinking, answer) = ((string?)null, content);
        if (model.History != ReasoningHistory.Keep && answer.TrimStart().StartsWith("<think>", StringComparison.Ordinal))
        {
            var start = answer.IndexOf("<think>", StringComparison.Ordinal) + "<think>".Length;
            var end = answer.IndexOf("</think>", start, StringComparison.Ordinal);
            if (end >= 0)
            {
                (thinking, answer) = (answer[start..end], answer[(end + "</think>".Length)..].TrimStart('\n'));
            }
        }

        return model.StripQuotes ? (thinking, WithoutQuote(answer)) : (thinking, answer);
    }

    // Paragraphs that begin with "> ", and then an answer: a reply that is all quote is an answer of its own.
    private static string WithoutQuote(string content)
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
