using System.Text;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>Damages bytes as a random number generator says; the same generator gives the same damage.</summary>
internal sealed class Mutator(Random random)
{
    private const int MaximumMutations = 6;

    private static readonly byte[][] Numbers =
    [
        .. new[]
        {
            "0", "-1", "-0", "00", "1", "16", "127", "128", "65536", "2147483647", "2147483648", "4294967296", "9223372036854775807",
                "9223372036854775808",
            "0.5", "1e999", "1E-999", "12345678901234567890123456789012345678901234567890",
        }.Select(Encoding.UTF8.GetBytes),
        [0, 0, 0, 0], [0, 0, 0, 15], [0, 0, 0, 16], [0, 2, 0, 1], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF],
    ];

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "null", "true", "false", "{}", "[]", "\"\"", "{", "}", "[", "]", "\"", "\\", "\\\"", "\\u0000", "\\ud83d", "\\u003c", "\\n",
                "\n", "\r", "\r\n", "\n\n", " ", "\t",
            ":", ",", "\0", "\uFEFF", "data:", "data: [DONE]\n\n", "event: x\n", "id: 7\n", "retry: 9\n", ":\n", "<think>", "</think>",
                "<", "%00", "%E4%BD", "你🤔",
        }.Select(Encoding.UTF8.GetBytes),
        [0xC3], [0xED, 0xA0, 0x80], [0xFF], Enumerable.Repeat((byte)'[', 70).ToArray(),
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 130))),
    ];

    // Members that the readers look for, each with its comma.
    private static readonly byte[][] Members =
    [
        .. new[]
        {
            "\"choices\":[{\"delta\":{\"content\":\"a\"}}],", "\"choices\":null,", "\"delta\":{\"reasoning\":\"r\",\"content\":\"c\"},",
                "\"delta\":{},", "\"index\":1,", "\"index\":128,",
            "\"message\":{\"content\":\"m\"},", "\"error\":{\"message\":\"e\"},", "\"usage\":{\"prompt_tokens\":9223372036854775807},",
                "\"finish_reason\":\"stop\",", "\"reasoning\":\"r\",",
            "\"content\":\"</think>\",", "\"role\":null,", "\"tool_calls\":[{}],", "\"token\":{\"text\":\"t\"},",
                "\"generated_text\":\"g\",", "\"object\":\"error\",",
            "\"model\":\"m\",", "\"stream\":true,", "\"n\":2,", "\"max_tokens\":1,", "\"stream_options\":{},",
                "\"reasoning_output\":\"think\",", "\"role\":\"assistant\",",
            "\"body\":\"AP+A\",", "\"isBase64Encoded\":true,", "\"headers\":{\"\":null},", "\"cookies\":[\"a\"],", "\"rawPath\":\"/%00\",",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public Random Random => random;

    /// <summary>One entry of a corpus, or a part of it, mostly damaged.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus, int maximumLength)
    {
        var bytes = Pick(corpus);
        if (bytes.Length > maximumLength)
        {
            var start = random.Next(bytes.Length - maximumLength);
            bytes = bytes[start..(start + random.Next(1, maximumLength))];
        }

        for (var i = OneIn(3) ? random.Next(MaximumMutations) : random.Next(2); i > 0; i--)
        {
            bytes = Mutate(bytes, corpus, maximumLength);
        }

        return bytes;
    }

    public T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    /// <summary>True once in so many calls.</summary>
    public bool OneIn(int calls) => random.Next(calls) == 0;

    /// <summary>Lengths of random pieces that add up to a length.</summary>
    public int[] Cut(int length)
    {
        var largest = Pick([1, 3, 17, 90, 1000]);
        var pieces = new List<int>();
        for (var rest = length; rest > 0; rest -= pieces[^1])
        {
            pieces.Add(Math.Min(rest, random.Next(1, largest + 1)));
        }

        return [.. pieces];
    }

    private byte[] Mutate(byte[] bytes, IReadOnlyList<byte[]> corpus, int maximumLength)
    {
        var at = random.Next(bytes.Length + 1);
        var end = Math.Min(bytes.Length, at + random.Next(1, 40));
        var mutated = random.Next(13) switch
        {
            0 => Replace(bytes, at, Math.Min(at + 1, bytes.Length), at < bytes.Length ? [(byte)(bytes[at] ^ (1 << random.Next(8)))] : []),
            1 => Replace(bytes, at, at, [(byte)random.Next(256)]),
            2 => Replace(bytes, at, end, []),
            3 => Replace(bytes, at, at, bytes[at..end]),
            4 => [.. bytes[..at], .. Tail(Pick(corpus))],
            5 => Renumber(bytes, at),
            6 => Replace(bytes, at, end, Pick(Tokens)),
            7 => Replace(bytes, AfterSeparator(bytes, at), AfterSeparator(bytes, at), Pick(Tokens)),
            _ => Replace(bytes, AfterSeparator(bytes, at), AfterSeparator(bytes, at), Pick(Members)),
        };
        return mutated.Length <= maximumLength ? mutated : mutated[..maximumLength];
    }

    private byte[] Tail(byte[] other) => other[random.Next(other.Length)..];

    // The next number becomes one at a border of some type.
    private byte[] Renumber(byte[] bytes, int at)
    {
        var start = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
        {
            return Replace(bytes, at, at, Pick(Numbers));
        }

        var length = bytes.AsSpan(at + start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return Replace(bytes, at + start, length < 0 ? bytes.Length : at + start + length, Pick(Numbers));
    }

    // A position where a member can start, so that the text often remains JSON after an insertion.
    private static int AfterSeparator(byte[] bytes, int at)
    {
        var separator = bytes.AsSpan(at).IndexOfAny((byte)'{', (byte)',');
        return separator < 0 ? at : at + separator + 1;
    }

    private static byte[] Replace(byte[] bytes, int start, int end, byte[] replacement)
    {
        var replaced = new byte[bytes.Length - (end - start) + replacement.Length];
        bytes.AsSpan(0, start).CopyTo(replaced);
        replacement.CopyTo(replaced, start);
        bytes.AsSpan(end).CopyTo(replaced.AsSpan(start + replacement.Length));
        return replaced;
    }
}
