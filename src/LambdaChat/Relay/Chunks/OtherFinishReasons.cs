using System.Buffers;
using System.Text;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Classifies finish reasons that OpenAI does not have, by parts of their names: <c>FinishReason.LENGTH</c>, <c>engine_error</c>,
/// TensorRT-LLM's <c>timed_out</c>. An unknown name counts as <c>stop</c>: the server says that the choice has ended.
/// </summary>
internal static class OtherFinishReasons
{
    private const int MaximumLength = 32; // Longer names are classified by their beginning.

    private static readonly byte[][] Unfinished = Encode("none", "not_finished", "in_progress");

    private static readonly byte[][] ToolCalls = Encode("tool_use", "tool_call");

    private static readonly byte[][] FunctionCall = Encode("function_call");

    private static readonly byte[][] Failed = Encode(
        "abort", "error", "cancel", "fail", "timeout", "timed_out", "overload", "unavailable", "interrupt", "preempt", "shutdown",
            "disconnect", "insufficient");

    private static readonly byte[][] ContentFilter = Encode("content_filter", "safety", "refusal", "recitation", "prohibited");

    private static readonly byte[][] Length = Encode("length", "max_", "limit");

    public static FinishReason Classify(ReadOnlySpan<byte> name)
    {
        Span<byte> lower = stackalloc byte[MaximumLength];
        name = name[..Math.Min(name.Length, MaximumLength)];
        if (Ascii.ToLower(name, lower, out var length) != OperationStatus.Done)
        {
            return FinishReason.Stop;
        }

        ReadOnlySpan<byte> word = lower[..length];
        return Has(word, Failed) ? FinishReason.Failed
            : Has(word, Unfinished) ? FinishReason.None
            : Has(word, ToolCalls) ? FinishReason.ToolCalls
            : Has(word, FunctionCall) ? FinishReason.FunctionCall
            : Has(word, ContentFilter) ? FinishReason.ContentFilter
            : Has(word, Length) ? FinishReason.Length
            : FinishReason.Stop;
    }

    private static bool Has(ReadOnlySpan<byte> word, byte[][] parts)
    {
        foreach (var part in parts)
        {
            if (word.IndexOf(part) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static byte[][] Encode(params string[] parts) => [.. parts.Select(Encoding.UTF8.GetBytes)];
}
