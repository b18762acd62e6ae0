using System.Buffers;
using System.Globalization;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Api.Replies;

/// <summary>
/// The events of a chat completion. The events of a stored completion have <c>id</c> lines, with which a client resumes the stream.
/// </summary>
internal sealed class SseEvents(IBufferWriter<byte> output)
{
    private long _number;

    /// <summary>True to number the events.</summary>
    public bool HasIds { get; init; }

    /// <summary>Events with at most this number are counted, but not written.</summary>
    public long After { get; init; } = -1;

    /// <summary>True if the next event will be written.</summary>
    public bool IsWanted => _number > After;

    public void Write(ReadOnlySpan<byte> json)
    {
        var isWanted = IsWanted;
        var number = _number++;
        if (!isWanted)
        {
            return;
        }

        if (HasIds)
        {
            output.Write("id: "u8);
            Span<byte> digits = stackalloc byte[20];
            number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
            output.Write(digits[..length]);
            output.Write("\n"u8);
        }

        SseWriter.WriteEvent(output, json);
    }
}
