using System.Buffers;

namespace LambdaChat.Local.SageMaker.Responses;

/// <summary>The container's bytes unchanged, as on SageMaker's OpenAI route.</summary>
internal sealed class PlainFraming(string contentType) : IPayloadFraming
{
    public string ContentType => contentType;

    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) => output.Write(payload);

    public bool TryWriteFault(IBufferWriter<byte> output, string kind) => false;
}
