using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>Edits the messages of a chat request for the model. Messages without an edit stay the bytes that arrived.</summary>
internal static class MessageEditor
{
    public static void Edit(RequestJson json, Model model, RequestEditor editor)
    {
        var mergesDeveloper = !model.DeveloperRole && json.Body.Span.IndexOf("\"developer\""u8) >= 0;
        var replacesImages = ImageEditor.MayEdit(json, model);
        var removesNulls = NullMembers.MayHave(json.Value(json.Find("messages")!.Value));
        if (mergesDeveloper || replacesImages || removesNulls || AssistantMessageEditor.MayEdit(json, model))
        {
            EditAll(json, model, editor, mergesDeveloper, replacesImages, removesNulls);
        }
    }

    private static void EditAll(
        RequestJson json, Model model, RequestEditor editor, bool mergesDeveloper, bool replacesImages, bool removesNulls)
    {
        var messages = json.Find("messages")!.Value;
        var system = new SystemMessageEditor(messages.ValueStart + 1);
        foreach (var (start, end) in json.ObjectsOf(messages))
        {
            var message = RequestJson.TryParse(json.Body[start..end]);
            var role = message?.Find("role") is { Type: JsonTokenType.String } ? message.FindText("role") : null;
            system.Add(role, message, start, end);
            if (message is null || (mergesDeveloper && role is "system" or "developer"))
            {
                continue;
            }

            var edited = role == "assistant" ? AssistantMessageEditor.Edit(message, model)
                : replacesImages && role is "user" or "tool" ? ImageEditor.Edit(message)
                : new RequestEditor(message);
            if (removesNulls)
            {
                NullMembers.Remove(message, edited, kept: "content");
            }

            editor.Include(edited, start);
        }

        if (mergesDeveloper)
        {
            system.Apply(editor);
        }
    }
}
