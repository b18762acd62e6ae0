using System.Runtime.CompilerServices;
using LambdaChat.Failures;
using LambdaChat.Streaming.EventStream;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Upstream;

/// <summary>
/// Reads the container's bytes from SageMaker's event stream: decodes the frames and detects how the stream ended.
/// </summary>
internal sealed class EventStreamPayloadReader(Stream body) : IPayloadReader
{
    private readonly EventStreamDecoder _decoder = new();

    public ReplyFailure? Failure { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // Each token waits here.
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            return false;
        }

        try
        {
            // Most of the time a stream waits. An empty read waits without the decoder's buffer, and without the one of TLS.
            if (_decoder.TryRelease())
            {
#pragma warning disable CA2022 // An empty read returns no bytes.
                await body.ReadAsync(Memory<byte>.Empty, cancellationToken);
#pragma warning restore CA2022
            }

            var count = await body.ReadAsync(_decoder.GetMemory(), cancellationToken);
            _decoder.Advance(count);
            if (count == 0 && _decoder.IsMidMessage)
            {
                Failure = new ReplyFailure(FailureKind.ConnectionLost);
            }

            return count > 0;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The client's parser of chunks and trailers fails with the second one at its limits.
            Failure = new ReplyFailure(FailureKind.ConnectionLost);
            return false;
        }
    }

    public bool TryRead(out ReadOnlySpan<byte> payload)
    {
        try
        {
            while (Failure is null && _decoder.TryRead(out var message))
            {
                if (message.Type == EventStreamMessageType.Event && IsPayloadPart(message))
                {
                    payload = message.Payload;
                    return true;
                }

                Failure = ReadFailure(message);
            }
        }
        catch (EventStreamException)
        {
            Failure = new ReplyFailure(FailureKind.CorruptStream);
        }

        payload = default;
        return false;
    }

    public void Dispose() => _decoder.Dispose();

    private static bool IsPayloadPart(EventStreamMessage message) =>
        message.TryGetString(":event-type"u8, out var type) && type.SequenceEqual("PayloadPart"u8);

    // Events of unknown types are skipped. SageMaker may add event types whose payload does not come from the container.
    private static ReplyFailure? ReadFailure(EventStreamMessage message)
    {
        switch (message.Type)
        {
            case EventStreamMessageType.Event:
                return null;
            case EventStreamMessageType.Exception:
                message.TryGetString(":exception-type"u8, out var type);
                return SageMakerError.ReadException(type, message.Payload);
            case EventStreamMessageType.Error:
                return new ReplyFailure(FailureKind.SageMakerFailure);
            default:
                return new ReplyFailure(FailureKind.CorruptStream);
        }
    }
}
