using System.Text.Json;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>What the request of an API must say: what the conversation has, except for what the API cannot express.</summary>
internal static class ExpectedMeaning
{
    private static readonly Dictionary<string, string[]> Settings = new()
    {
        [RequestForms.Chat] =
        [
            "temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed", "max_tokens", "stop", "n", "reasoning_effort",
        ],
        [RequestForms.Messages] = ["temperature", "top_p", "top_k", "max_tokens", "stop", "reasoning_effort"],
        [RequestForms.Responses] = ["temperature", "top_p", "presence_penalty", "frequency_penalty", "max_tokens", "reasoning_effort"],
        [RequestForms.UiMessages] =
            ["temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed", "max_tokens", "stop"],
        [RequestForms.AgUi] = [],
    };

    public static string Of(GeneratedConversation conversation, string api)
    {
        var meaning = new Meaning();
        foreach (var turn in conversation.Turns)
        {
            Add(turn, api, meaning);
        }

        foreach (var name in Settings[api].Where(conversation.Settings.ContainsKey))
        {
            meaning.Set(name, conversation.Settings[name]);
        }

        if (api == RequestForms.Messages && !conversation.Settings.ContainsKey("max_tokens"))
        {
            meaning.Set("max_tokens", "4096"); // The API requires it.
        }

        var isFrontend = api is RequestForms.UiMessages or RequestForms.AgUi;
        if (conversation.Format is { } schema && !isFrontend)
        {
            meaning.Set("response_format",
                $$$"""{"type":"json_schema","json_schema":{"name":"output","strict":true,"schema":{{{schema}}}}}""");
        }

        if (conversation.Tools.Count > 0)
        {
            AddTools(conversation, isFrontend, meaning);
        }

        return meaning.ToString();
    }

    private static void Add(Turn turn, string api, Meaning meaning)
    {
        var texts = turn.Pieces.SelectMany(TextsOf);
        switch (turn.Role)
        {
            case "system":
                meaning.AddSystem(texts);
                return;
            case "user":
                meaning.AddUser(texts);
                return;
        }

        meaning.AddAssistant(
            turn.Thinking.Length > 0 ? [turn.Thinking] : [], texts,
            turn.Calls.Select(static call => (call.ModelId, $"{call.Name} {Meaning.Canonical(call.Input)}")));
        foreach (var call in turn.Calls)
        {
            meaning.AddResult(call.ModelId, call.Result is null ? ["The tool was not run."] : Meaning.Divide(call.Text));
        }

        // Results of the AI SDK are values, which have no images.
        var images = turn.Calls.SelectMany(static call => call.Images).SelectMany(TextsOf).ToList();
        if (images.Count > 0 && api != RequestForms.UiMessages)
        {
            meaning.AddUser(images);
        }
    }

    private static IEnumerable<string> TextsOf(Piece piece) =>
        ((string[])[piece.Name, piece.IsImage ? $"image {piece.Text}" : piece.Text]).Where(static text => text.Length > 0);

    private static void AddTools(GeneratedConversation conversation, bool isFrontend, Meaning meaning)
    {
        foreach (var tool in conversation.Tools)
        {
            meaning.AddTool(tool.Name, tool.Description ?? "", tool.Schema, tool.IsStrict && !isFrontend);
        }

        if (conversation.Choice is { } choice && !isFrontend)
        {
            meaning.Set("tool_choice", JsonSerializer.Serialize(choice));
        }

        if (conversation.IsParallel is { } isParallel && !isFrontend)
        {
            meaning.Set("parallel_tool_calls", isParallel ? "true" : "false");
        }
    }
}
