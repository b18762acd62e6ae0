using System.Buffers;
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
            SseWriter.WriteEvent(output, number, json);
        }
        else
        {
            SseWriter.WriteEvent(output, json);
        }
    }
}
