using System.Buffers;
using System.Net.Sockets;
using LambdaChat.Local.SageMaker.Dialects;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Responses;
using Microsoft.AspNetCore.Connections.Features;

namespace LambdaChat.Local.SageMaker;

/// <summary>Sends the container's writes to the client with the cuts, pace, gates and faults of the request.</summary>
internal sealed class StreamedReply
{
    private readonly HttpResponse _response;
    private readonly StandInSettings _settings;
    private readonly IPayloadFraming _framing;
    private readonly EventGates _gates;
    private readonly int _pace;
    private readonly ArrayBufferWriter<byte> _unsent = new();
    private readonly PayloadCutter _cutter;

    public StreamedReply(HttpResponse response, StandInSettings settings, IPayloadFraming framing, EventGates gates, int defaultPace)
    {
        _response = response;
        _settings = settings;
        _framing = framing;
        _gates = gates;
        _pace = settings.Pace ?? defaultPace;
        _cutter = new PayloadCutter(framing, settings, _unsent);
    }

    private CancellationToken Aborted => _response.HttpContext.RequestAborted;

    /// <param name="cancellationToken">Ends the call of the container: after its time limit, or with the connection of the client.</param>
    public async Task SendAsync(ContainerReply reply, CancellationToken cancellationToken)
    {
        _response.ContentType = _framing.ContentType;
        try
        {
            await CopyAsync(reply, cancellationToken);
        }
        catch (ContainerConnectionException)
        {
            await BreakAsync("model_stream_error");
        }
        catch (OperationCanceledException) when (!Aborted.IsCancellationRequested)
        {
            await BreakAsync("model_timeout");
        }

        await FlushAsync(isLast: true);
    }

    private async Task CopyAsync(ContainerReply reply, CancellationToken cancellationToken)
    {
        var fault = _settings.Fault;
        var sent = 0;
        await foreach (var write in reply.Writes.WithCancellation(cancellationToken))
        {
            if (sent > 0 && _settings.Gate is { } gate)
            {
                await _gates.PassAsync(gate, cancellationToken);
            }

            if (fault?.After == sent)
            {
                _cutter.Write(fault.MidEvent ? write.AsSpan(0, write.Length / 2) : default);
                break;
            }

            _cutter.Write(write);
            sent++;
            await FlushAsync(isLast: false);
            if (_pace > 0)
            {
                await Task.Delay(_pace, cancellationToken);
            }
        }

        _cutter.Flush();
        if (fault is not null && fault.After <= sent)
        {
            await FailAsync(fault, reply.Dialect, cancellationToken);
        }
    }

    private async Task FailAsync(Fault fault, Dialect dialect, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case "end":
                break;
            case "done":
                Write(dialect.Format.WriteEnd());
                break;
            case "abort":
                Write(dialect.Format.Write("""{"choices":[{"index":0,"delta":{},"finish_reason":"abort"}]}"""));
                Write(dialect.Format.WriteEnd());
                break;
            case "container_error":
                Write(dialect.Fail(fault.Message));
                break;
            case "garbage":
                Write(dialect.Format.Write("""{"choices":[{"index":0,"delta":{"content":"cut"""));
                break;
            case "reset":
                await FlushAsync(isLast: true);
                Reset();
                break;
            case "stall":
                await FlushAsync(isLast: true);
                await Task.Delay(fault.StallTime ?? Timeout.Infinite, cancellationToken);
                Reset();
                break;
            case var kind when EventStreamFraming.Faults.Contains(kind):
                await BreakAsync(kind);
                break;
            default:
                throw new InvalidOperationException($"Unknown fault {fault.Kind}.");
        }
    }

    // A failure that only event streams can report becomes a lost connection on the OpenAI route.
    private async Task BreakAsync(string kind)
    {
        _cutter.Flush();
        if (!_framing.TryWriteFault(_unsent, kind))
        {
            await FlushAsync(isLast: true);
            Reset();
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _cutter.Write(bytes);
        _cutter.Flush();
    }

    private async Task FlushAsync(bool isLast)
    {
        if (_settings.IsBurst && !isLast)
        {
            return;
        }

        for (var start = 0; start < _unsent.WrittenCount;)
        {
            var length = Math.Min(_unsent.WrittenCount - start, _settings.WriteBytes ?? int.MaxValue);
            await _response.BodyWriter.WriteAsync(_unsent.WrittenMemory.Slice(start, length), Aborted);
            start += length;
        }

        _unsent.ResetWrittenCount();
    }

    // Sends RST instead of FIN: the kernel discards unsent bytes.
    private void Reset()
    {
        if (_response.HttpContext.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        _response.HttpContext.Abort();
    }
}
