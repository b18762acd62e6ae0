using System.Buffers;
using LambdaChat.Api.Requests;
using LambdaChat.Models;
using LambdaChat.Relay.Continuations;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// The body of a call that continues a broken reply: the request with the reply so far as its last message. Sources:
/// https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html and https://api-docs.deepseek.com/guides/chat_prefix_completion
/// </summary>
internal static class ContinuationRequest
{
    /// <summary>
    /// Creates the delegate that writes the body of a continuation; null if no target of the model can continue, or the request does not
    /// allow it.
    /// </summary>
    public static Func<ContinuationMode, KeptText, IReadOnlyList<ReadOnlyMemory<byte>>?>? Prepare(
        ChatRequest request, Model model, bool wantsUsage) =>
        model.CanContinue && IsContinuable(request, model) ? (mode, kept) => Create(request, model, wantsUsage, mode, kept) : null;

    private static bool IsContinuable(ChatRequest request, Model model) =>
        Math.Min(request.Choices, model.MaxChoices ?? request.Choices) == 1 && request.Continued is null && !HasFormat(request.Json)
        && !ForcesTool(request.Json) && ContinuedRequest.IsText(request.Json, model);

    private static bool HasFormat(RequestJson json) =>
        json.Find("response_format") is { } format
        && !(RequestJson.TryParse(json.Body[format.ValueStart..format.ValueEnd]) is { } members
            && members.Find("type") is { } type && members.Value(type).SequenceEqual("\"text\""u8));

    private static bool ForcesTool(RequestJson json) =>
        json.Find("tool_choice") is { } choice
        && !(json.Value(choice).SequenceEqual("\"auto\""u8) || json.Value(choice).SequenceEqual("\"none\""u8));

    private static List<ReadOnlyMemory<byte>>? Create(
        ChatRequest request, Model model, bool wantsUsage, ContinuationMode mode, KeptText kept)
    {
        var editor = UpstreamChatRequest.Edit(request, model, isStreamed: true, wantsUsage);
        if (kept.Thinking.Length + kept.Answer.Length > 0)
        {
            var end = request.Json.Find("messages")!.Value.ValueEnd - 1;
            editor.Replace(end, end, Message(mode, kept));
            SetFlags(editor, mode, kept);
            ContinuedRequest.ReduceTokens(editor, kept.Tokens);
        }

        return UpstreamRequest.TryFinish(editor);
    }

    private static void SetFlags(RequestEditor editor, ContinuationMode mode, KeptText kept)
    {
        if (mode is ContinuationMode.Vllm or ContinuationMode.SGLang)
        {
            editor.Set("continue_final_message", "true"u8);
            editor.Set("add_generation_prompt", "false"u8);
        }

        // SGLang's reasoning parser treats a continued answer as thinking.
        if (mode == ContinuationMode.SGLang && !kept.IsInThinking)
        {
            editor.Set("separate_reasoning", "false"u8);
        }
    }

    // vLLM and SGLang continue unfinished thinking only as text with its tag, llama.cpp only in its own field.
    private static byte[] Message(ContinuationMode mode, KeptText kept)
    {
        var isTagged = kept.IsInThinking && mode is (ContinuationMode.Vllm or ContinuationMode.SGLang);
        var message = new ArrayBufferWriter<byte>(kept.Thinking.Length + kept.Answer.Length + 128);
        message.Write(",{\"role\":\"assistant\",\"content\":\""u8);
        message.Write(isTagged ? OpeningOf(kept.Thinking) : default);
        message.Write(isTagged ? kept.Thinking : kept.Answer);
        if (!isTagged && kept.Thinking.Length > 0)
        {
            message.Write("\",\"reasoning_content\":\""u8);
            message.Write(kept.Thinking);
        }

        message.Write(mode == ContinuationMode.Prefix ? "\",\"prefix\":true}"u8 : "\"}"u8);
        return message.WrittenSpan.ToArray();
    }

    // Thinking that the server does not parse begins with the line feed after the tag. Some parsers leave the tag, too.
    private static ReadOnlySpan<byte> OpeningOf(ReadOnlySpan<byte> thinking) =>
        thinking.StartsWith("<think>"u8) || thinking.StartsWith("\\u003cthink\\u003e"u8) ? default
        : thinking.StartsWith("\\n"u8) ? "<think>"u8
        : "<think>\\n"u8;
}
