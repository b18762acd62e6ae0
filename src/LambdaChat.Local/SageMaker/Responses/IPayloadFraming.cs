using System.Buffers;

namespace LambdaChat.Local.SageMaker.Responses;

/// <summary>The framing of the container's bytes in SageMaker's response.</summary>
internal interface IPayloadFraming
{
    string ContentType { get; }

    void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload);

    /// <summary>Writes the bytes of a fault. Returns false if this framing has no bytes for it.</summary>
    bool TryWriteFault(IBufferWriter<byte> output, string kind);
}
