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
        if (mergesDeveloper || replacesImages || AssistantMessageEditor.MayEdit(json, model))
        {
            EditAll(json, model, editor, mergesDeveloper, replacesImages);
        }
    }

    private static void EditAll(RequestJson json, Model model, RequestEditor editor, bool mergesDeveloper, bool replacesImages)
    {
        var messages = json.Find("messages")!.Value;
        var system = new SystemMessageEditor(messages.ValueStart + 1);
        foreach (var (start, end) in json.ObjectsOf(messages))
        {
            var (message, _) = RequestJson.Parse(json.Body[start..end]);
            var role = message?.Find("role") is { Type: JsonTokenType.String } ? message.Text("role") : null;
            system.Add(role, message, start, end);
            if (role == "assistant")
            {
                editor.Include(AssistantMessageEditor.Edit(message!, model), start);
            }
            else if (replacesImages && role is "user" or "tool")
            {
                editor.Include(ImageEditor.Edit(message!), start);
            }
        }

        if (mergesDeveloper)
        {
            system.Apply(editor);
        }
    }
}
