using System.Buffers;
using System.Net;
using System.Text;
using LambdaChat.Streaming.EventStream;

namespace LambdaChat.Rehearsal;

/// <summary>A model endpoint in memory: each call gets the stream of one short reply, in the frames of SageMaker.</summary>
internal sealed class RehearsalEndpoint : HttpMessageHandler
{
    // The recorded form of vLLM: a role, thinking, text, a finish reason and the usage.
    private static readonly string[] Chunks =
    [
        Chunk("""{"role":"assistant","content":""}"""), Chunk("""{"reasoning":"a"}"""), Chunk("""{"reasoning":"b"}"""),
        Chunk("""{"reasoning":"c"}"""), Chunk("""{"content":"a"}"""), Chunk("""{"content":"b"}"""), Chunk("""{"content":"c"}"""),
        Chunk("""{"content":""}""", "\"stop\""),
        Record("""[],"usage":{"prompt_tokens":1,"total_tokens":7,"completion_tokens":6}"""),
        "[DONE]",
    ];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Frames()) };
    }

    private static string Chunk(string delta, string finishReason = "null") =>
        Record($$"""[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finishReason}}}]""");

    private static string Record(string choices) =>
        $$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":{{choices}}}""";

    // A read returns at most one frame, on another turn of the thread pool, as a socket does.
    private sealed class Frames : Stream
    {
        private readonly ArrayBufferWriter<byte> _frame = new(1024);
        private ReadOnlyMemory<byte> _unread;
        private int _next;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (_unread.IsEmpty && _next < Chunks.Length)
            {
                WriteFrame(Chunks[_next++]);
            }

            var count = Math.Min(_unread.Length, buffer.Length);
            _unread[..count].CopyTo(buffer);
            _unread = _unread[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        private void WriteFrame(string chunk)
        {
            _frame.ResetWrittenCount();
            EventStreamEncoder.WriteEvent(
                _frame, "PayloadPart", "application/octet-stream", Encoding.UTF8.GetBytes($"data: {chunk}\n\n"));
            _unread = _frame.WrittenMemory;
        }
    }
}
