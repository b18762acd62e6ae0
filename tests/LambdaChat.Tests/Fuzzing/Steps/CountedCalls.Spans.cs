using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>Calls that search or trim spans.</summary>
public static partial class CountedCalls
{
    public static bool ContainsAny<T>(ReadOnlySpan<T> span, SearchValues<T> values)
        where T : IEquatable<T> => IndexOfAny(span, values) >= 0;

    public static int IndexOf(ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparison) =>
        Found(span.IndexOf(value, comparison), span.Length);

    public static bool StartsWith(ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparison) =>
        Found(span.StartsWith(value, comparison) ? 0 : -1, Math.Min(span.Length, value.Length)) >= 0;

    public static bool EndsWith(ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparison) =>
        Found(span.EndsWith(value, comparison) ? 0 : -1, Math.Min(span.Length, value.Length)) >= 0;

    public static bool Equals(ReadOnlySpan<char> span, ReadOnlySpan<char> other, StringComparison comparison) =>
        Found(span.Equals(other, comparison) ? 0 : -1, Math.Min(span.Length, other.Length)) >= 0;

    public static int IndexOfAny<T>(ReadOnlySpan<T> span, SearchValues<T> values)
        where T : IEquatable<T> => Found(span.IndexOfAny(values), span.Length);

    public static int IndexOfAnyExcept<T>(ReadOnlySpan<T> span, SearchValues<T> values)
        where T : IEquatable<T> => Found(span.IndexOfAnyExcept(values), span.Length);

    public static bool ContainsAnyExcept<T>(ReadOnlySpan<T> span, T first, T second)
        where T : IEquatable<T> => Found(span.IndexOfAnyExcept(first, second), span.Length) >= 0;

    public static bool ContainsAnyExceptInRange<T>(ReadOnlySpan<T> span, T low, T high)
        where T : IComparable<T> => IndexOfAnyExceptInRange(span, low, high) >= 0;

    public static int IndexOfAnyExceptInRange<T>(ReadOnlySpan<T> span, T low, T high)
        where T : IComparable<T> => Found(span.IndexOfAnyExceptInRange(low, high), span.Length);

    public static int IndexOfAnyInRange<T>(ReadOnlySpan<T> span, T low, T high)
        where T : IComparable<T> => Found(span.IndexOfAnyInRange(low, high), span.Length);

    public static bool Contains<T>(ReadOnlySpan<T> span, T value, IEqualityComparer<T>? comparer)
    {
        StepCounter.Add(span.Length);
        return span.Contains(value, comparer);
    }

    public static int Count<T>(ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        StepCounter.Add(span.Length);
        return span.Count(value);
    }

    public static ReadOnlySpan<T> Trim<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T> => Trimmed(span, span.Trim(values));

    public static Span<T> Trim<T>(Span<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T>
    {
        var trimmed = span.Trim(values);
        StepCounter.Add(span.Length - trimmed.Length + 1);
        return trimmed;
    }

    public static ReadOnlySpan<T> TrimEnd<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T> => Trimmed(span, span.TrimEnd(values));

    public static ReadOnlySpan<T> TrimStart<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T> => Trimmed(span, span.TrimStart(values));

    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> span, char value) => Trimmed(span, span.TrimEnd(value));

    public static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> span) => Trimmed(span, span.TrimStart());

    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> span, ReadOnlySpan<byte> other)
    {
        StepCounter.Add(span.Length == other.Length ? span.Length : 1);
        return Ascii.EqualsIgnoreCase(span, other);
    }

    public static OperationStatus ToLower(ReadOnlySpan<char> source, Span<char> target, out int written)
    {
        StepCounter.Add(source.Length);
        return Ascii.ToLower(source, target, out written);
    }

    public static uint HashToUInt32(ReadOnlySpan<byte> bytes)
    {
        StepCounter.Add(bytes.Length);
        return Crc32.HashToUInt32(bytes);
    }

    private static ReadOnlySpan<T> Trimmed<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> trimmed)
    {
        StepCounter.Add(span.Length - trimmed.Length + 1);
        return trimmed;
    }
}
