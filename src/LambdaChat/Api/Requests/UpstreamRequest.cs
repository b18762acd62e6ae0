using System.Globalization;
using System.Text;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Models;
using LambdaChat.Upstream;

namespace LambdaChat.Api.Requests;

/// <summary>
/// The request body that a model server receives: the client's body with the served model name, the model's defaults and its caps. It
/// begins with the prompt: SageMaker's <c>PREFIX_AWARE</c> routing compares the first bytes of bodies. Source:
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantRoutingConfig.html
/// </summary>
internal static class UpstreamRequest
{
    /// <summary>
    /// The names of the token limit. A server that knows both names of OpenAI's API applies one of them. The others are names of single
    /// servers: llama.cpp applies <c>n_predict</c> in place of <c>max_tokens</c>, and most servers ignore it.
    /// </summary>
    public static readonly string[] TokenLimits = ["max_tokens", "max_completion_tokens", "n_predict", "max_new_tokens"];

    /// <summary>The names of <see cref="TokenLimits"/> that every server reads.</summary>
    public static readonly string[] CommonTokenLimits = [TokenLimits[0], TokenLimits[1]];

    /// <summary>The names of the number of choices of a reply. llama.cpp also reads <c>n_cmpl</c>.</summary>
    public static readonly string[] ReplyChoices = ["n", "n_cmpl"];

    /// <summary>The names of the number of choices that the model generates for a prompt.</summary>
    public static readonly string[] ChoiceCounts = [ReplyChoices[0], ReplyChoices[1], "best_of"];

    // The names of single servers. A value below 1 sets no limit there: -1 is llama.cpp's default of n_predict.
    private static readonly string[] Optional = [TokenLimits[2], TokenLimits[3], ReplyChoices[1]];

    // The members that model servers cache, with the most stable one first. Other members differ between the turns of a conversation.
    private static readonly string[] Prompt = ["messages", "prompt", "tools"];

    // Fields without a cap that model servers read as integers.
    private static readonly string[] Integers =
        ["seed", "top_k", "top_logprobs", "logprobs", "prompt_logprobs", "truncate_prompt_tokens"];

    /// <summary>Creates the body of a request that needs no further edits.</summary>
    /// <param name="forcesUsage">True to request the usage of a stream.</param>
    /// <exception cref="ErrorResponseException">A field with a cap is not a number.</exception>
    public static List<ReadOnlyMemory<byte>> Create(RequestJson json, Model model, ModelTasks task, bool forcesUsage = false)
    {
        var editor = Edit(json, model, task);
        if (forcesUsage)
        {
            StreamOptions.RequestUsage(json, editor);
        }

        return Finish(json, editor);
    }

    /// <summary>Applies the edits.</summary>
    /// <exception cref="ErrorResponseException">The body is longer than SageMaker accepts.</exception>
    public static List<ReadOnlyMemory<byte>> Finish(RequestJson json, RequestEditor editor)
    {
        var body = editor.Apply(Prompt);
        var length = LengthOf(body);
        return length <= RequestLimits.MaximumBytes
            ? body
            : throw new ErrorResponseException(RequestLimits.TooLarge(RequestLimits.MaximumBytes - (int)(length - json.Body.Length)));
    }

    /// <summary>Applies the edits of a continuation; null if the body is longer than SageMaker accepts.</summary>
    public static List<ReadOnlyMemory<byte>>? TryFinish(RequestEditor editor)
    {
        var body = editor.Apply(Prompt);
        return LengthOf(body) <= RequestLimits.MaximumBytes ? body : null;
    }

    /// <summary>Sets the model name and, for generated text, the model's defaults and caps.</summary>
    /// <exception cref="ErrorResponseException">A field with a cap is not a number, or the model does not allow a field.</exception>
    public static RequestEditor Edit(RequestJson json, Model model, ModelTasks task)
    {
        RestrictedFieldCheck.Run(json, model, task);
        var editor = new RequestEditor(json);
        editor.Set("model", JsonText.Quote(model.ServedName));
        if (task is not (ModelTasks.Chat or ModelTasks.Completions))
        {
            return editor;
        }

        var defaults = FindDefaults(json, model);
        defaults.ForEach(pair => editor.Set(pair.Key, pair.Value));
        LimitTokens(json, model, defaults, editor);
        foreach (var name in ChoiceCounts)
        {
            SetLimit(json, editor, name, model.MaxChoices);
        }

        foreach (var name in Integers)
        {
            SetInteger(json, editor, name, minimum: 0, cap: null);
        }

        return editor;
    }

    /// <summary>The number of choices that the reply has for a prompt.</summary>
    /// <exception cref="ErrorResponseException">It is not a number from 1 to 128.</exception>
    public static int CountChoices(RequestJson json) =>
        (int)(ReplyChoices.Max(name => FindLimit(json, name, RequestLimits.MaximumChoices)) ?? 1);

    /// <summary>Reads a token limit or a number of choices; null if the request does not set it.</summary>
    /// <exception cref="ErrorResponseException">It is not an integer, or out of range.</exception>
    public static long? FindLimit(RequestJson json, string name, long maximum) =>
        json.FindInteger(name, Optional.Contains(name) ? long.MinValue : 1, maximum) is >= 1 and var limit ? limit : null;

    /// <summary>Defaults that the client does not set. The client sets the token limit under either common name.</summary>
    public static List<KeyValuePair<string, byte[]>> FindDefaults(RequestJson json, Model model)
    {
        if (model.Defaults.Count == 0)
        {
            return [];
        }

        var isLimited = CommonTokenLimits.Any(name => json.Find(name) is not null);
        return [.. model.Defaults.Where(pair => json.Find(pair.Key) is null && !(isLimited && TokenLimits.Contains(pair.Key)))];
    }

    /// <summary>The number of a default; null if it is missing, or not a plain positive integer.</summary>
    public static long? FindNumber(List<KeyValuePair<string, byte[]>> defaults, string name) =>
        long.TryParse(defaults.Find(pair => pair.Key == name).Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    // The smaller of the client's limit and the cap; the cap if the client sets no limit.
    private static void LimitTokens(RequestJson json, Model model, List<KeyValuePair<string, byte[]>> defaults, RequestEditor editor)
    {
        var isLimited = false;
        foreach (var name in TokenLimits)
        {
            var isSet = SetLimit(json, editor, name, model.MaxTokens);
            if (FindNumber(defaults, name) is { } standard)
            {
                isSet = true;
                editor.Set(name, Format(Math.Min(standard, model.MaxTokens ?? standard)));
            }

            isLimited |= isSet && CommonTokenLimits.Contains(name);
        }

        SetInteger(json, editor, "min_tokens", minimum: 0, model.MaxTokens);
        if (model.MaxTokens is not { } cap)
        {
            return;
        }

        if (!isLimited)
        {
            editor.Set(TokenLimits[0], Format(cap));
        }

        if (json.Flag("ignore_eos"))
        {
            editor.Set("ignore_eos", "false"u8);
        }
    }

    // With a cap, a value that sets no limit is replaced.
    private static bool SetLimit(RequestJson json, RequestEditor editor, string name, int? cap)
    {
        if (cap is not { } limit || json.Find(name) is null || FindLimit(json, name, long.MaxValue) is not null)
        {
            return SetInteger(json, editor, name, minimum: 1, cap);
        }

        editor.Set(name, Format(TokenLimits.Contains(name) ? limit : 1));
        return true;
    }

    // Without a cap the model server validates the value. Integers in another notation, such as 100.0, become plain ones in either case.
    private static bool SetInteger(RequestJson json, RequestEditor editor, string name, long minimum, int? cap)
    {
        var value = cap is null ? json.IntegerOrNull(name) : json.FindInteger(name, minimum, long.MaxValue);
        if (value is { } number && (number > cap || !json.IsPlainInteger(name)))
        {
            editor.Set(name, Format(Math.Min(number, cap ?? number)));
        }

        return value is not null;
    }

    // With the hint that the call may add.
    private static long LengthOf(List<ReadOnlyMemory<byte>> body) => SplicedContent.MemberLength + body.Sum(piece => (long)piece.Length);

    private static byte[] Format(long number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
