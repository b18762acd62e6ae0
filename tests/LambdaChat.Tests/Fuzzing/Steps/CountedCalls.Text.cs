using System.Runtime.CompilerServices;
using System.Text;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>Calls that compare, copy or convert texts.</summary>
public static partial class CountedCalls
{
    public static bool SequenceEqual<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>
    {
        StepCounter.Add(span.Length == other.Length ? span.Length : 1);
        return span.SequenceEqual(other);
    }

    public static bool StartsWith<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
    {
        StepCounter.Add(Math.Min(span.Length, value.Length));
        return span.StartsWith(value);
    }

    public static bool EndsWith<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
    {
        StepCounter.Add(Math.Min(span.Length, value.Length));
        return span.EndsWith(value);
    }

    public static bool op_Equality(string? text, string? other)
    {
        StepCounter.Add(text?.Length == other?.Length ? text?.Length ?? 0 : 1);
        return text == other;
    }

    public static bool StartsWith(string text, string value, StringComparison comparison)
    {
        StepCounter.Add(Math.Min(text.Length, value.Length));
        return text.StartsWith(value, comparison);
    }

    public static bool EndsWith(string text, string value, StringComparison comparison)
    {
        StepCounter.Add(Math.Min(text.Length, value.Length));
        return text.EndsWith(value, comparison);
    }

    public static bool IsNullOrWhiteSpace(string? text)
    {
        StepCounter.Add(text?.Length ?? 0);
        return string.IsNullOrWhiteSpace(text);
    }

    public static string Trim(string text)
    {
        StepCounter.Add(text.Length);
        return text.Trim();
    }

    public static string[] Split(string text, char separator, StringSplitOptions options)
    {
        StepCounter.Add(text.Length);
        return text.Split(separator, options);
    }

    public static string Concat(string? first, string? second)
    {
        StepCounter.Add((first?.Length ?? 0) + (second?.Length ?? 0));
        return string.Concat(first, second);
    }

    public static string Concat(string? first, string? second, string? third)
    {
        StepCounter.Add((first?.Length ?? 0) + (second?.Length ?? 0) + (third?.Length ?? 0));
        return string.Concat(first, second, third);
    }

    public static byte[] FromBase64String(string text)
    {
        StepCounter.Add(text.Length);
        return System.Convert.FromBase64String(text);
    }

    public static string UnescapeDataString(string text)
    {
        StepCounter.Add(text.Length);
        return Uri.UnescapeDataString(text);
    }

    public static StringBuilder Append(StringBuilder builder, string? value)
    {
        StepCounter.Add(value?.Length ?? 0);
        return builder.Append(value);
    }

    public static StringBuilder Append(StringBuilder builder, ReadOnlySpan<char> value)
    {
        StepCounter.Add(value.Length);
        return builder.Append(value);
    }

    public static StringBuilder Append(StringBuilder builder, char value)
    {
        StepCounter.One();
        return builder.Append(value);
    }

    public static string Concat<T>(IEnumerable<T> values)
    {
        var text = string.Concat(values);
        StepCounter.Add(text.Length);
        return text;
    }

    public static bool Contains(string text, char value, StringComparison comparison) => IndexOf(text, value, comparison) >= 0;

    public static int LastIndexOf(string text, char value) => FoundFromEnd(text.LastIndexOf(value), text.Length);

    public static string Substring(string text, int start)
    {
        StepCounter.Add(text.Length - start);
        return text[start..];
    }

    public static string ToLowerInvariant(string text)
    {
        StepCounter.Add(text.Length);
        return text.ToLowerInvariant();
    }

    public static string TrimStart(string text)
    {
        StepCounter.Add(text.Length);
        return text.TrimStart();
    }

    public static string TrimStart(string text, char value)
    {
        StepCounter.Add(text.Length);
        return text.TrimStart(value);
    }

    public static bool op_Inequality(string? text, string? other) => !op_Equality(text, other);

    public static int GetByteCount(Encoding encoding, string text)
    {
        StepCounter.Add(text.Length);
        return encoding.GetByteCount(text);
    }

    public static void Convert(
        Encoder encoder, ReadOnlySpan<char> text, Span<byte> bytes, bool flush, out int used, out int written, out bool isComplete)
    {
        encoder.Convert(text, bytes, flush, out used, out written, out isComplete);
        StepCounter.Add(used);
    }

    public static void AppendFormatted(ref DefaultInterpolatedStringHandler handler, string? value)
    {
        StepCounter.Add(value?.Length ?? 0);
        handler.AppendFormatted(value);
    }

    public static string ToStringAndClear(ref DefaultInterpolatedStringHandler handler)
    {
        var text = handler.ToStringAndClear();
        StepCounter.Add(text.Length);
        return text;
    }
}
