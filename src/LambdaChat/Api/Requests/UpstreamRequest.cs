using System.Globalization;
using System.Text;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>The request body that a model server receives: the client's body with the served model name, the model's defaults and its caps.</summary>
internal static class UpstreamRequest
{
    private static readonly string[] TokenCaps = ["max_tokens", "max_completion_tokens"];
    private static readonly string[] ChoiceCaps = ["n", "best_of"];

    /// <summary>Creates the body of a request that needs no further edits.</summary>
    /// <param name="forcesUsage">True to request the usage of a stream.</param>
    /// <exception cref="InvalidRequestException">A field with a cap is not a number.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Create(RequestJson json, Model model, ModelTasks task, bool forcesUsage = false)
    {
        var editor = Edit(json, model, task);
        if (forcesUsage)
        {
            editor.Set("stream_options", """{"include_usage":true}"""u8);
        }

        return editor.Apply();
    }

    /// <summary>Sets the model name and, for generated text, the model's defaults and caps.</summary>
    /// <exception cref="InvalidRequestException">A field with a cap is not a number.</exception>
    public static RequestEditor Edit(RequestJson json, Model model, ModelTasks task)
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

    // Defaults that the client does not set. The token limit has two names; the client sets it under either.
    private static List<KeyValuePair<string, byte[]>> FindDefaults(RequestJson json, Model model)
    {
        if (model.Defaults.Count == 0)
        {
            return [];
        }

        var isLimited = TokenCaps.Any(name => json.Find(name) is not null);
        return [.. model.Defaults.Where(pair => json.Find(pair.Key) is null && !(isLimited && TokenCaps.Contains(pair.Key)))];
    }

    // The smaller of the client's limit and the cap; the cap if the client sets no limit.
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
