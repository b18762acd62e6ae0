using LambdaChat.Streaming.EventStream;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Benchmarks.Parsers;

/// <summary>LambdaChat.Streaming over the reads of <see cref="Wire"/>. Every event's data is copied, as the other parsers do.</summary>
internal sealed class Ours : IDisposable
{
    private readonly EventStreamDecoder _decoder = new();
    private readonly SseReassembler _reassembler = new();
    private readonly byte[] _output = new byte[1024 * 1024];

    public long Reassemble(ReadOnlyMemory<byte>[] reads)
    {
        var bytes = 0L;
        foreach (var read in reads)
        {
            bytes += TakeEvents(read.Span);
        }

        return bytes;
    }

    public long Decode(ReadOnlyMemory<byte>[] reads)
    {
        var bytes = 0L;
        foreach (var read in reads)
        {
            for (var rest = read.Span; !rest.IsEmpty;)
            {
                rest = Receive(rest);
                while (_decoder.TryRead(out var message))
                {
                    bytes += message.Type == EventStreamMessageType.Event ? message.Payload.Length : 0;
                }
            }
        }

        return bytes;
    }

    public long DecodeAndReassemble(ReadOnlyMemory<byte>[] reads)
    {
        var bytes = 0L;
        foreach (var read in reads)
        {
            for (var rest = read.Span; !rest.IsEmpty;)
            {
                rest = Receive(rest);
                while (_decoder.TryRead(out var message))
                {
                    bytes += message.Type == EventStreamMessageType.Event ? TakeEvents(message.Payload) : 0;
                }
            }
        }

        return bytes;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _reassembler.Dispose();
    }

    // In the function the socket writes to this memory, as much as fits. Here a copy replaces the socket, and is measured
    // too. Returns the rest.
    private ReadOnlySpan<byte> Receive(ReadOnlySpan<byte> read)
    {
        var memory = _decoder.GetMemory();
        var length = Math.Min(memory.Length, read.Length);
        read[..length].CopyTo(memory.Span);
        _decoder.Advance(length);
        return read[length..];
    }

    private int TakeEvents(ReadOnlySpan<byte> input)
    {
        var bytes = 0;
        while (_reassembler.TryRead(ref input, out var sseEvent))
        {
            sseEvent.Data.CopyTo(_output);
            bytes += sseEvent.Data.Length;
        }

        return bytes;
    }
}
