using System.Globalization;
using System.Text;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>What a model server gets: the client's body with the served name, the model's defaults and caps, and earlier thinking as the model wants it.</summary>
internal static class UpstreamRequest
{
    private static readonly string[] TokenCaps = ["max_tokens", "max_completion_tokens"];
    private static readonly string[] ChoiceCaps = ["n", "best_of"];

    /// <summary>The body of a chat request.</summary>
    /// <param name="isStreamed">True where the reply is asked for as a stream.</param>
    /// <param name="wantsUsage">True where the usage is asked for with it.</param>
    /// <exception cref="InvalidRequestException">A member that has a cap is no number.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> OfChat(ChatRequest request, Model model, bool isStreamed, bool wantsUsage)
    {
        var editor = Start(request.Json, model, ModelTasks.Chat);
        editor.Remove(ChatRequest.ReasoningMember);
        editor.Remove(ChatRequest.ErrorsMember);
        if (isStreamed != request.IsStreamed)
        {
            editor.Set("stream", isStreamed ? "true"u8 : "false"u8);
        }

        if (!isStreamed)
        {
            editor.Remove("stream_options"); // "Only set this when you set stream: true."
        }
        else if (wantsUsage && !request.IncludesUsage)
        {
            editor.Set("stream_options", """{"include_usage":true}"""u8);
        }

        if (model.History != ReasoningHistory.Keep || model.StripQuotes)
        {
            ReasoningHistoryEditor.Edit(request.Json, model, editor);
        }

        return editor.Apply();
    }

    /// <summary>The body of any other request.</summary>
    /// <param name="forcesUsage">True where the usage of a stream is asked for that the client says nothing about.</param>
    /// <exception cref="InvalidRequestException">A member that has a cap is no number.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> OfTask(RequestJson json, Model model, ModelTasks task, bool forcesUsage = false)
    {
        var editor = Start(json, model, task);
        if (forcesUsage)
        {
            editor.Set("stream_options", """{"include_usage":true}"""u8);
        }

        return editor.Apply();
    }

    // Defaults and caps are those of generated text.
    private static RequestEditor Start(RequestJson json, Model model, ModelTasks task)
    {
        var editor = new RequestEditor(json);
        editor.Set("model", RequestEditor.Quote(model.ServedName));
        if (task is not (ModelTasks.Chat or ModelTasks.Completions))
        {
            return editor;
        }

        var defaults = FindDefaults(json, model);
        defaults.ForEach(pair => editor.Set(pair.Key, pair.Value));
        CapTokens(json, model, defaults, editor);
        CapChoices(json, model, editor);
        return editor;
    }

    // Those that the client says nothing about. The two names of the token limit are one thing: under either the client has said it.
    private static List<KeyValuePair<string, byte[]>> FindDefaults(RequestJson json, Model model)
    {
        if (model.Defaults.Count == 0)
        {
            return [];
        }

        var isLimited = TokenCaps.Any(name => json.Find(name) is not null);
        return [.. model.Defaults.Where(pair => json.Find(pair.Key) is null && !(isLimited && TokenCaps.Contains(pair.Key)))];
    }

    // "The smaller wins", also where the client says nothing.
    private static void CapTokens(RequestJson json, Model model, List<KeyValuePair<string, byte[]>> defaults, RequestEditor editor)
    {
        if (model.MaxTokens is not { } cap)
        {
            return;
        }

        var isLimited = false;
        foreach (var name in TokenCaps)
        {
            if ((json.Number(name, 1, long.MaxValue) ?? FindNumber(defaults, name)) is { } tokens)
            {
                isLimited = true;
                SetIfAbove(editor, name, tokens, cap);
            }
        }

        if (!isLimited)
        {
            editor.Set(TokenCaps[0], Number(cap));
        }

        if (json.Number("min_tokens", 0, long.MaxValue) is { } minimum)
        {
            SetIfAbove(editor, "min_tokens", minimum, cap);
        }

        if (json.Flag("ignore_eos"))
        {
            editor.Set("ignore_eos", "false"u8);
        }
    }

    private static void CapChoices(RequestJson json, Model model, RequestEditor editor)
    {
        foreach (var name in ChoiceCaps)
        {
            if (model.MaxChoices is { } cap && json.Number(name, 1, long.MaxValue) is { } count)
            {
                SetIfAbove(editor, name, count, cap);
            }
        }
    }

    private static void SetIfAbove(RequestEditor editor, string name, long value, int cap)
    {
        if (value > cap)
        {
            editor.Set(name, Number(cap));
        }
    }

    private static long? FindNumber(List<KeyValuePair<string, byte[]>> defaults, string name) =>
        long.TryParse(defaults.Find(pair => pair.Key == name).Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static byte[] Number(int number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
