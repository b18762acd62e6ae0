using System.Buffers;

namespace LambdaChat.Local.SageMaker;

/// <summary>How the container's bytes stand in SageMaker's answer.</summary>
internal interface IPayloadFraming
{
    string ContentType { get; }

    void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload);

    /// <summary>Writes what a fault looks like on this wire; false where it has no bytes of its own here.</summary>
    bool TryWriteFault(IBufferWriter<byte> output, string kind);
}
