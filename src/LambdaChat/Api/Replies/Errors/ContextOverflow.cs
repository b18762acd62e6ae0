using System.Globalization;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Api.Replies.Errors;

/// <summary>
/// The tokens in the message of a model server that refuses a request for its length, in the words of Anthropic's API. Claude Code reads
/// the numbers: it lowers <c>max_tokens</c> to what is left, or shortens the conversation by what is too much.
/// </summary>
internal static class ContextOverflow
{
    private const string PromptTooLong = "prompt is too long";
    private const int LeftOut = 1000; // Claude Code requests 1000 tokens less than the numbers leave.

    // Each number follows its words and precedes the others. The first row that fits counts.
    private static readonly Number[][] Messages =
    [
        [new("context length is ", Part.Limit), new("requested ", Part.Output, " output tokens"), new("at least ", Part.Prompt)], // vLLM
        [new("passed ", Part.Prompt, " input tokens"), new("requested ", Part.Output, " output"), new("length is only ", Part.Limit)],
        [new("too large: ", Part.Output), new("context length is ", Part.Limit), new("request has ", Part.Prompt)],
        [new("context length is ", Part.Limit), new("(", Part.Prompt, " in the messages"), new(", ", Part.Output, " in the completion")],
        [new("context length is ", Part.Limit), new("requested ", Part.Output, " output tokens")], // vLLM, a prompt of many characters
        [new("context length is ", Part.Limit), new("(", Part.Prompt, " in the messages")],
        [new("context length is ", Part.Limit), new("request has ", Part.Prompt, " input tokens")],
        [new("context length is ", Part.Limit), new("at least ", Part.Prompt, " input tokens")],
        [new("requested ", Part.Output, " output tokens"), new("length is only ", Part.Limit)],
        [new("tokens=", Part.Output), new("max_total_tokens=", Part.Limit)], // vLLM, max_tokens alone
        // llama-cpp-python
        [new("context length is ", Part.Limit), new("(", Part.Prompt, " in your prompt"), new("; ", Part.Output, " for the")],
        [new("context length of ", Part.Limit), new("tokens: ", Part.Prompt), new("messages and ", Part.Output)], // SGLang
        [new("must be <= ", Part.Limit), new("Given: ", Part.Prompt), new("and ", Part.Output)], // TGI
        [new("less than ", Part.Limit, " tokens"), new("Given: ", Part.Prompt)], // TGI, the prompt alone
        [new("The input (", Part.Prompt), new("context length (", Part.Limit)], // SGLang, the prompt alone
        [new("request (", Part.Prompt), new("context size (", Part.Limit)], // llama.cpp
    ];

    // Words for the reply in a message without the numbers. The prompt alone may not be too long.
    private static readonly string[] ReplyWords = ["max_tokens", "max_new_tokens", "output", "completion"];

    private enum Part
    {
        Prompt,
        Output,
        Limit,
    }

    /// <summary>Returns the message for Anthropic's clients; null to keep the model server's.</summary>
    public static string? Explain(string message)
    {
        foreach (var row in Messages)
        {
            Span<long> numbers = [-1, -1, -1];
            if (TryRead(message, row, numbers))
            {
                return Explain(message, numbers[(int)Part.Prompt], numbers[(int)Part.Output], numbers[(int)Part.Limit]);
            }
        }

        return Array.Exists(ReplyWords, word => message.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? null
            : WithoutNumbers(message);
    }

    // LangChain recognizes the words alone. Claude Code reads numbers only if they follow in Anthropic's form.
    private static string? WithoutNumbers(string message) =>
        message.Contains(PromptTooLong, StringComparison.Ordinal) ? null : Quote(PromptTooLong, message);

    private static string? Quote(string words, string message) =>
        $"{words}. The model server's message: {message}" is var explained && ErrorText.Fits(explained) ? explained : null;

    // A number that the message does not have is -1. vLLM stops counting the prompt at the first token that is too much.
    private static string? Explain(string message, long prompt, long output, long limit)
    {
        if (prompt > limit || output < 0)
        {
            return prompt > limit + 1 ? $"{PromptTooLong}: {prompt} tokens > {limit} maximum" : WithoutNumbers(message);
        }

        if (prompt >= 0 && prompt + output > limit + 1)
        {
            return Explain(prompt, output, limit);
        }

        // A number with which the client requests half of the tokens, until they fit.
        var least = Math.Max(prompt, limit - output + 1);
        return Quote(Explain(Math.Max(least, limit - (Math.Min(output, limit) / 2) - LeftOut), output, limit), message);
    }

    private static string Explain(long prompt, long output, long limit) =>
        $"input length and `max_tokens` exceed context limit: {Math.Max(prompt, 0)} + {output} > {limit}, " +
        "decrease input length or `max_tokens` and try again";

    private static bool TryRead(ReadOnlySpan<char> message, Number[] row, Span<long> numbers)
    {
        foreach (var number in row)
        {
            if (!number.TryRead(ref message, out numbers[(int)number.Part]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A number between words.</summary>
    private sealed record Number(string Before, Part Part, string After = "")
    {
        /// <summary>Reads the number at its first place, and moves behind it.</summary>
        public bool TryRead(ref ReadOnlySpan<char> text, out long value)
        {
            for (var rest = text; rest.IndexOf(Before, StringComparison.OrdinalIgnoreCase) is >= 0 and var start;)
            {
                rest = rest[(start + Before.Length)..];
                var length = rest.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : rest.Length;
                if (long.TryParse(rest[..length], NumberStyles.None, CultureInfo.InvariantCulture, out value)
                    && rest[length..].StartsWith(After, StringComparison.OrdinalIgnoreCase))
                {
                    text = rest[length..];
                    return true;
                }
            }

            value = -1;
            return false;
        }
    }
}
