using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Models;
using LambdaChat.Relay.Continuations;

namespace LambdaChat.Api.Completions;

/// <summary>The body of a call that continues a broken text completion: the text so far follows the prompt.</summary>
internal static class ContinuedPrompt
{
    private static readonly string[] Excluding = ["echo", "suffix", "best_of", "use_beam_search", "response_format"];

    /// <summary>Creates the delegate of the relay; null if the model or the request allows no continuation.</summary>
    public static Func<ContinuationMode, KeptText, IReadOnlyList<ReadOnlyMemory<byte>>?>? Prepare(
        RequestJson json, Model model, bool forcesUsage) =>
        model.CanContinue && json.Find("prompt") is { Type: JsonTokenType.String } prompt && ContinuedRequest.IsText(json, model)
        && !Array.Exists(Excluding, name => json.Find(name) is { Type: not JsonTokenType.False })
            ? (_, kept) => Create(json, model, forcesUsage, prompt.ValueEnd - 1, kept)
            : null;

    private static List<ReadOnlyMemory<byte>>? Create(
        RequestJson json, Model model, bool forcesUsage, int end, KeptText kept)
    {
        var editor = UpstreamRequest.Edit(json, model, ModelTasks.Completions);
        if (forcesUsage)
        {
            StreamOptions.RequestUsage(json, editor);
        }

        editor.Replace(end, end, kept.Answer);
        ContinuedRequest.ReduceTokens(editor, kept.Tokens);
        return UpstreamRequest.TryFinish(editor);
    }
}
