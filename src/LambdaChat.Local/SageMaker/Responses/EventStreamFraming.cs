using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using LambdaChat.Streaming.EventStream;

namespace LambdaChat.Local.SageMaker.Responses;

/// <summary>The event stream of <c>InvokeEndpointWithResponseStream</c> and its failures.</summary>
internal sealed class EventStreamFraming : IPayloadFraming
{
    private const int OversizedLength = 2 * 1024 * 1024;

    private static readonly byte[] Headers = WriteHeaders();

    /// <summary>Failures that exist in event streams only.</summary>
    public static IReadOnlyCollection<string> Faults { get; } =
    [
        "model_stream_error", "model_timeout", "internal_stream_failure", "error_frame",
        "corrupt_frame", "corrupt_prelude", "oversized_frame", "truncated_frame",
    ];

    public string ContentType => "application/vnd.amazon.eventstream";

    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) =>
        EventStreamEncoder.WriteMessage(output, Headers, payload);

    public bool TryWriteFault(IBufferWriter<byte> output, string kind)
    {
        switch (kind)
        {
            case "model_stream_error":
                EventStreamEncoder.WriteException(
                    output,
                    "ModelStreamError",
                    """{"Message":"An error occurred while streaming the response body.","ErrorCode":"StreamBroken"}"""u8);
                return true;
            case "model_timeout":
                EventStreamEncoder.WriteException(
                    output,
                    "ModelStreamError",
                    """
                    {"Message":"Your model primary did not complete sending the inference response in the allotted time.",
                    "ErrorCode":"ModelInvocationTimeExceeded"}
                    """u8);
                return true;
            case "internal_stream_failure":
                EventStreamEncoder.WriteException(
                    output, "InternalStreamFailure", """{"Message":"The stream processing failed because of an unknown error."}"""u8);
                return true;
            case "error_frame":
                EventStreamEncoder.WriteError(output, "InternalFailure", "An internal failure occurred in account 111122223333.");
                return true;
            case "corrupt_frame":
                output.Write(Damaged(frame => frame[^5] ^= 0x20));
                return true;
            case "corrupt_prelude":
                output.Write(Damaged(frame => frame[2] ^= 0x20));
                return true;
            case "oversized_frame":
                output.Write(Oversized());
                return true;
            case "truncated_frame":
                output.Write(Damaged(_ => { }).AsSpan(0, 40));
                return true;
            default:
                return false;
        }
    }

    // The headers of each frame are the same.
    private static byte[] WriteHeaders()
    {
        var block = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteHeader(block, ":event-type", "PayloadPart");
        EventStreamEncoder.WriteHeader(block, ":content-type", "application/octet-stream");
        EventStreamEncoder.WriteHeader(block, ":message-type", "event");
        return block.WrittenSpan.ToArray();
    }

    private byte[] Damaged(Action<byte[]> damage)
    {
        var writer = new ArrayBufferWriter<byte>();
        Write(writer, "data: {\"choices\":[]}\n\n"u8);
        var frame = writer.WrittenSpan.ToArray();
        damage(frame);
        return frame;
    }

    private static byte[] Oversized()
    {
        var prelude = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(prelude, OversizedLength);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Crc32.HashToUInt32(prelude.AsSpan(0, 8)));
        return prelude;
    }
}
