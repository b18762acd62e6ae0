using System.Globalization;
using System.Text;
using System.Text.Json;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>The rules for continuing a reply that chat completions and text completions share.</summary>
internal static class ContinuedRequest
{
    // A grammar restarts with each call, and the logprobs and the prompt of a continuation are not those of the reply.
    private static readonly string[] Excluding =
    [
        "logprobs", "prompt_logprobs", "structured_outputs", "guided_json", "guided_regex", "guided_choice", "guided_grammar",
        "grammar", "json_schema", "regex", "ebnf",
    ];

    /// <summary>False if the request or the model's defaults ask for more than text.</summary>
    public static bool IsText(RequestJson json, Model model) =>
        !Array.Exists(Excluding, name => json.Find(name) is { Type: not JsonTokenType.False })
        && !model.Defaults.Any(pair => pair.Key == "response_format" || Excluding.Contains(pair.Key));

    /// <summary>Reduces the limits of the reply by the tokens that it has already.</summary>
    public static void ReduceTokens(RequestEditor editor, int tokens)
    {
        foreach (var name in UpstreamRequest.TokenLimits)
        {
            Reduce(editor, name, tokens, minimum: 1);
        }

        Reduce(editor, "min_tokens", tokens, minimum: 0);
    }

    private static void Reduce(RequestEditor editor, string name, int tokens, long minimum)
    {
        if (long.TryParse(editor.Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
        {
            var rest = Math.Max(minimum, limit - tokens);
            editor.Set(name, Encoding.UTF8.GetBytes(rest.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
