using System.Buffers;
using System.Net.Sockets;
using LambdaChat.Local.SageMaker.Dialects;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Responses;
using Microsoft.AspNetCore.Connections.Features;

namespace LambdaChat.Local.SageMaker;

/// <summary>Sends the container's writes to the client with the cuts, pace, gates and faults of the request.</summary>
internal sealed class StreamedReply(HttpResponse response, EmulatorRequest request, IPayloadFraming framing, EventGates gates, int defaultPace)
{
    private readonly ArrayBufferWriter<byte> _unsent = new();
    private readonly ArrayBufferWriter<byte> _uncut = new();
    private readonly Random? _cuts = request.CutSeed is { } seed ? new Random(seed) : null;

    public async Task SendAsync(ContainerReply reply, CancellationToken cancellationToken)
    {
        response.ContentType = framing.ContentType;
        var fault = request.Fault;
        var pace = request.Pace ?? defaultPace;
        var sent = 0;
        await foreach (var write in reply.Writes.WithCancellation(cancellationToken))
        {
            if (sent > 0 && request.Gate is { } gate)
            {
                await gates.PassAsync(gate, cancellationToken);
            }

            if (fault?.After == sent)
            {
                WritePayload(fault.MidEvent ? write.AsSpan(0, write.Length / 2) : default);
                break;
            }

            WritePayload(write);
            sent++;
            await FlushAsync(isLast: false, cancellationToken);
            if (pace > 0)
            {
                await Task.Delay(pace, cancellationToken);
            }
        }

        WriteUncut();
        if (fault is not null && fault.After <= sent)
        {
            await FailAsync(fault, reply.Dialect, cancellationToken);
        }

        await FlushAsync(isLast: true, cancellationToken);
    }

    private async Task FailAsync(Fault fault, Dialect dialect, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case "end":
                break;
            case "container_error":
                WritePayload(dialect.Fail(fault.Message));
                WriteUncut();
                break;
            case "garbage":
                WritePayload(dialect.Format.Write("this is no JSON"));
                WriteUncut();
                break;
            // On the OpenAI route the faults of event streams are a lost connection.
            case var kind when kind == "reset" || (framing is PlainFraming && EventStreamFraming.Faults.Contains(kind)):
                await FlushAsync(isLast: true, cancellationToken);
                Reset();
                break;
            case "stall":
                await FlushAsync(isLast: true, cancellationToken);
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case var kind when framing.TryWriteFault(_unsent, kind):
                break;
            default:
                throw new InvalidOperationException($"Unknown fault {fault.Kind}.");
        }
    }

    private void WritePayload(ReadOnlySpan<byte> bytes)
    {
        _uncut.Write(bytes);
        if (_cuts is null)
        {
            WriteUncut();
            return;
        }

        // Random cuts: the remaining bytes are sent with the next write.
        for (var length = _cuts.Next(1, 600); length < _uncut.WrittenCount; length = _cuts.Next(1, 600))
        {
            framing.Write(_unsent, _uncut.WrittenSpan[..length]);
            var rest = _uncut.WrittenSpan[length..].ToArray();
            _uncut.ResetWrittenCount();
            _uncut.Write(rest);
        }
    }

    private void WriteUncut()
    {
        for (var rest = _uncut.WrittenSpan; !rest.IsEmpty;)
        {
            var length = Math.Min(rest.Length, request.PartBytes ?? int.MaxValue);
            framing.Write(_unsent, rest[..length]);
            rest = rest[length..];
        }

        _uncut.ResetWrittenCount();
    }

    private async Task FlushAsync(bool isLast, CancellationToken cancellationToken)
    {
        if (request.IsBurst && !isLast)
        {
            return;
        }

        for (var start = 0; start < _unsent.WrittenCount;)
        {
            var length = Math.Min(_unsent.WrittenCount - start, request.WriteBytes ?? int.MaxValue);
            await response.BodyWriter.WriteAsync(_unsent.WrittenMemory.Slice(start, length), cancellationToken);
            start += length;
        }

        _unsent.ResetWrittenCount();
    }

    // Sends RST instead of FIN: the kernel discards unsent bytes.
    private void Reset()
    {
        if (response.HttpContext.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        response.HttpContext.Abort();
    }
}
