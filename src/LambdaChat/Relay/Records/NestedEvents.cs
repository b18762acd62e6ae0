using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Relay.Records;

/// <summary>
/// Events in the data of events: <c>data: data: {…}</c>. A generator writes events, or passes on the lines of another server, and its
/// output is written as events again, such as by sse-starlette. An event is valid until the next call. Not thread-safe.
/// </summary>
internal sealed class NestedEvents : IDisposable
{
    private readonly SseReassembler _events = new(isLenient: true);
    private readonly ByteBuffer _bytes = new(256);
    private int _start;

    /// <summary>True for data that begins with a field.</summary>
    public static bool IsNested(ReadOnlySpan<byte> data) =>
        data is [(byte)'d' or (byte)'e' or (byte)'i' or (byte)'r', ..]
        && (HasData(data) || data.StartsWith("event:"u8) || data.StartsWith("id:"u8) || data.StartsWith("retry:"u8));

    /// <summary>Adds the data of an event: a line, or all lines of an event.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        _bytes.Clear();
        _start = 0;
        _bytes.Append(data);
        _bytes.Append(HasData(data) || data.IndexOf("\ndata:"u8) >= 0 ? "\n\n"u8 : "\n"u8);
    }

    /// <summary>Takes the next complete event; false if more data is needed.</summary>
    public bool TryRead(out SseEvent sseEvent)
    {
        var rest = _bytes.Span[_start..];
        var isRead = _events.TryRead(ref rest, out sseEvent);
        _start = _bytes.Length - rest.Length;
        return isRead;
    }

    /// <summary>Takes the last event if its end is missing.</summary>
    public bool TryReadUnfinished(out SseEvent sseEvent) => _events.TryReadUnfinished(out sseEvent);

    public void Dispose() => _events.Dispose();

    private static bool HasData(ReadOnlySpan<byte> data) => data.StartsWith("data:"u8);
}
