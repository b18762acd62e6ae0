using System.Net.ServerSentEvents;
using Amazon.Runtime.EventStreams.Internal;

namespace LambdaChat.Benchmarks.Parsers;

/// <summary>The same work by AWSSDK.Core's decoder and by the framework's <see cref="SseParser"/>.</summary>
internal sealed class Peers
{
    private readonly byte[] _output = new byte[64 * 1024];

    public long Reassemble(ReadOnlyMemory<byte>[] reads) => Parse(new ReadsStream(reads));

    public static long Decode(ReadOnlyMemory<byte>[] reads)
    {
        var bytes = 0L;
        using var decoder = new EventStreamDecoder();
        decoder.MessageReceived += (_, e) => bytes += e.Message.Payload.Length;
        foreach (var read in reads)
        {
            Process(decoder, read);
        }

        return bytes;
    }

    public long DecodeAndReassemble(ReadOnlyMemory<byte>[] reads) => Parse(new PayloadsStream(reads));

    private static void Process(EventStreamDecoder decoder, ReadOnlyMemory<byte> read)
    {
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(read, out var array);
        decoder.ProcessData(array.Array, array.Offset, array.Count);
    }

    private long Parse(Stream stream)
    {
        var bytes = 0L;
        foreach (var item in SseParser.Create(stream, (_, data) => CopyOut(data)).Enumerate())
        {
            bytes += item.Data;
        }

        return bytes;
    }

    private int CopyOut(ReadOnlySpan<byte> data)
    {
        data.CopyTo(_output);
        return data.Length;
    }

    /// <summary>The payloads that AWSSDK.Core's decoder makes of the pieces, as a stream.</summary>
    private sealed class PayloadsStream : ReadOnlyStream
    {
        private readonly ReadOnlyMemory<byte>[] _reads;
        private readonly EventStreamDecoder _decoder = new();
        private readonly Queue<byte[]> _payloads = new();
        private int _next;
        private ReadOnlyMemory<byte> _current;

        public PayloadsStream(ReadOnlyMemory<byte>[] reads)
        {
            _reads = reads;
            _decoder.MessageReceived += (_, e) => _payloads.Enqueue(e.Message.Payload);
        }

        public override int Read(Span<byte> buffer)
        {
            while (_current.IsEmpty)
            {
                if (_payloads.TryDequeue(out var payload))
                {
                    _current = payload;
                }
                else if (_next < _reads.Length)
                {
                    Process(_decoder, _reads[_next++]);
                }
                else
                {
                    return 0;
                }
            }

            var count = Math.Min(buffer.Length, _current.Length);
            _current.Span[..count].CopyTo(buffer);
            _current = _current[count..];
            return count;
        }
    }
}
