using System.Buffers;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Responses;

namespace LambdaChat.Local.SageMaker;

/// <summary>Cuts the body of the container into payloads: at events, at a maximum length, at given offsets, or at random.</summary>
internal sealed class PayloadCutter(IPayloadFraming framing, StandInSettings settings, IBufferWriter<byte> output)
{
    private const int MaximumRandomLength = 600;

    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly Random? _random = settings.CutSeed is { } seed ? new Random(seed) : null;
    private readonly Queue<int> _cuts = new(settings.Cuts);
    private int _sent;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _pending.Write(bytes);
        if (_random is null)
        {
            Flush();
            return;
        }

        // Random cuts: the remaining bytes are sent with the next write.
        for (var length = NextLength(); length < _pending.WrittenCount; length = NextLength())
        {
            WritePayload(_pending.WrittenSpan[..length]);
            var rest = _pending.WrittenSpan[length..].ToArray();
            _pending.ResetWrittenCount();
            _pending.Write(rest);
        }
    }

    /// <summary>Writes the remaining bytes.</summary>
    public void Flush()
    {
        for (var rest = _pending.WrittenSpan; !rest.IsEmpty;)
        {
            var length = Math.Min(rest.Length, settings.PartBytes ?? int.MaxValue);
            while (_cuts.TryPeek(out var cut) && cut <= _sent)
            {
                _cuts.Dequeue();
            }

            length = _cuts.TryPeek(out var next) ? Math.Min(length, next - _sent) : length;
            WritePayload(rest[..length]);
            rest = rest[length..];
        }

        _pending.ResetWrittenCount();
    }

    private int NextLength() => _random!.Next(1, MaximumRandomLength);

    private void WritePayload(ReadOnlySpan<byte> payload)
    {
        framing.Write(output, payload);
        _sent += payload.Length;
    }
}
