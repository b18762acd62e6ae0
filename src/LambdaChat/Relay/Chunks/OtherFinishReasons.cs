using System.Text;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Classifies finish reasons that OpenAI does not have, by parts of their names: <c>FinishReason.LENGTH</c>, <c>engine_error</c>,
/// TensorRT-LLM's <c>timed_out</c>. Case and separators do not count. A name that says a failure is one, even if it also says something
/// else. An unknown name counts as <c>stop</c>: the server says that the choice has ended.
/// </summary>
internal static class OtherFinishReasons
{
    private const int MaximumLength = 64; // Longer names are classified by their beginning.

    // Letters only, in lower case.
    private static readonly byte[][] Nothing = Encode(
        "", "null", "nil", "none", "undefined", "na", "unset", "running", "continue", "pending");

    private static readonly byte[][] Unfinished = Encode(
        "reasonnone", "reasonnull", "notfinished", "unfinished", "notstopped", "inprogress", "generating", "unspecified", "notcomplete");

    private static readonly byte[][] Successful = Encode("noerror", "withouterror", "success");

    private static readonly byte[][] ToolCalls = Encode("tooluse", "toolcall");

    private static readonly byte[][] FunctionCall = Encode("functioncall");

    private static readonly byte[][] Failed = Encode(
        "abort", "error", "cancel", "fail", "timeout", "timedout", "overload", "unavailable", "interrupt", "preempt", "shutdown",
        "shuttingdown", "disconnect", "insufficient", "oom", "outofmemory", "killed", "exception", "crash", "died", "dead", "fatal",
        "panic", "terminat", "evict", "reject", "malformed", "invalid", "unexpected", "ratelimit", "quota", "throttl", "broken", "corrupt",
        "lost", "network", "drain");

    private static readonly byte[][] ContentFilter = Encode(
        "contentfilter", "contentpolicy", "safety", "refus", "recitation", "prohibited", "blocklist", "blocked", "guardrail", "moderat",
        "sensitive", "spii", "toxic");

    private static readonly byte[][] Length = Encode(
        "length", "max", "limit", "context", "truncat", "incomplete", "budget", "cutoff", "exceed");

    public static FinishReason Classify(ReadOnlySpan<byte> name)
    {
        Span<byte> letters = stackalloc byte[MaximumLength];
        var length = 0;
        foreach (var b in name)
        {
            if (length == MaximumLength || b > 0x7F)
            {
                break;
            }

            if (char.IsAsciiLetter((char)b))
            {
                letters[length++] = (byte)(b | 0x20);
            }
        }

        ReadOnlySpan<byte> word = letters[..length];
        return IsNothing(word, name) || Has(word, Unfinished) ? FinishReason.None
            : Has(word, Failed) && !Has(word, Successful) ? FinishReason.Failed
            : Has(word, ToolCalls) ? FinishReason.ToolCalls
            : Has(word, FunctionCall) ? FinishReason.FunctionCall
            : Has(word, ContentFilter) ? FinishReason.ContentFilter
            : Has(word, Length) ? FinishReason.Length
            : FinishReason.Stop;
    }

    // Words in other alphabets, and numbers, are names.
    private static bool IsNothing(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name)
    {
        foreach (var nothing in Nothing)
        {
            if (word.SequenceEqual(nothing))
            {
                return !word.IsEmpty || name.IndexOfAnyExcept(" -_."u8) < 0;
            }
        }

        return false;
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
