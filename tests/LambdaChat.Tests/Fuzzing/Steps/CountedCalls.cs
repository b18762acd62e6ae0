using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>The library calls whose work grows with their input. Each counts what it reads; instances are the first parameter.</summary>
public static partial class CountedCalls
{
    public static int IndexOf<T>(ReadOnlySpan<T> span, T value)
        where T : IEquatable<T> => Found(span.IndexOf(value), span.Length);

    public static int IndexOf<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T> => Found(span.IndexOf(value), span.Length);

    public static int IndexOf<T>(Span<T> span, T value)
        where T : IEquatable<T> => Found(span.IndexOf(value), span.Length);

    public static int IndexOfAny<T>(ReadOnlySpan<T> span, T first, T second)
        where T : IEquatable<T> => Found(span.IndexOfAny(first, second), span.Length);

    public static int IndexOfAny<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T> => Found(span.IndexOfAny(values), span.Length);

    public static int IndexOfAnyExcept<T>(ReadOnlySpan<T> span, T value)
        where T : IEquatable<T> => Found(span.IndexOfAnyExcept(value), span.Length);

    public static int IndexOfAnyExcept<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T> => Found(span.IndexOfAnyExcept(values), span.Length);

    public static int LastIndexOf<T>(ReadOnlySpan<T> span, T value)
        where T : IEquatable<T> => FoundFromEnd(span.LastIndexOf(value), span.Length);

    public static int LastIndexOf<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T> => FoundFromEnd(span.LastIndexOf(value), span.Length);

    public static int LastIndexOfAnyExcept<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T> => FoundFromEnd(span.LastIndexOfAnyExcept(values), span.Length);

    public static bool ContainsAny<T>(ReadOnlySpan<T> span, T first, T second)
        where T : IEquatable<T> => IndexOfAny(span, first, second) >= 0;

    public static bool ContainsAnyExcept<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T> => IndexOfAnyExcept(span, values) >= 0;

    public static bool Contains<T>(ReadOnlySpan<T> span, T value)
        where T : IEquatable<T> => IndexOf(span, value) >= 0;

    public static void CopyTo<T>(ref ReadOnlySpan<T> span, Span<T> target)
    {
        StepCounter.Add(span.Length);
        span.CopyTo(target);
    }

    public static void CopyTo<T>(ref Span<T> span, Span<T> target)
    {
        StepCounter.Add(span.Length);
        span.CopyTo(target);
    }

    public static T[] ToArray<T>(ref ReadOnlySpan<T> span)
    {
        StepCounter.Add(span.Length);
        return span.ToArray();
    }

    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        StepCounter.Add(bytes.Length);
        return Utf8.IsValid(bytes);
    }

    public static string GetString(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        StepCounter.Add(bytes.Length);
        return encoding.GetString(bytes);
    }

    public static byte[] GetBytes(Encoding encoding, string text)
    {
        StepCounter.Add(text.Length);
        return encoding.GetBytes(text);
    }

    public static bool Read(ref Utf8JsonReader reader)
    {
        var before = reader.BytesConsumed;
        var hasToken = reader.Read();
        StepCounter.Add(reader.BytesConsumed - before);
        return hasToken;
    }

    public static void Skip(ref Utf8JsonReader reader)
    {
        var before = reader.BytesConsumed;
        reader.Skip();
        StepCounter.Add(reader.BytesConsumed - before);
    }

    public static JsonDocument Parse(string json, JsonDocumentOptions options)
    {
        StepCounter.Add(json.Length);
        return JsonDocument.Parse(json, options);
    }

    public static int IndexOf(string text, string value, StringComparison comparison) =>
        Found(text.IndexOf(value, comparison), text.Length);

    public static int IndexOf(string text, char value, StringComparison comparison) =>
        Found(text.IndexOf(value, comparison), text.Length);

    public static int IndexOf(string text, string value, int start, StringComparison comparison) =>
        Found(text.IndexOf(value, start, comparison) is var index and >= 0 ? index - start : -1, text.Length - start) is var found and >= 0
            ? found + start
            : -1;

    public static int LastIndexOf(string text, string value, StringComparison comparison) =>
        FoundFromEnd(text.LastIndexOf(value, comparison), text.Length);

    public static bool Contains(string text, string value, StringComparison comparison) => IndexOf(text, value, comparison) >= 0;

    public static string Substring(string text, int start, int length)
    {
        StepCounter.Add(length);
        return text.Substring(start, length);
    }

    public static string Replace(string text, string old, string with, StringComparison comparison)
    {
        StepCounter.Add(text.Length);
        return text.Replace(old, with, comparison);
    }

    public static string Replace(Regex expression, string text, string with)
    {
        StepCounter.Add(text.Length);
        return expression.Replace(text, with);
    }

    public static string Replace(Regex expression, string text, MatchEvaluator evaluator)
    {
        StepCounter.Add(text.Length);
        return expression.Replace(text, evaluator);
    }

    private static int Found(int index, int length)
    {
        StepCounter.Add(index < 0 ? length : index + 1);
        return index;
    }

    private static int FoundFromEnd(int index, int length)
    {
        StepCounter.Add(index < 0 ? length : length - index);
        return index;
    }
}
