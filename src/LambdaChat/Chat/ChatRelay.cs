using System.IO.Pipelines;
using LambdaChat.Errors;
using LambdaChat.SageMaker;
using LambdaChat.Streaming.Sse;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Chat;

/// <summary>
/// The relay loop: whole events as they become whole, one write and one flush for all events of a read. Nothing is sent before the
/// first event is there, so that a failure up to then keeps its HTTP status.
/// </summary>
internal sealed class ChatRelay(EventStreamPayloads upstream, ChunkEditor chunks, HttpResponse response, RelayedReply relayed) : IDisposable
{
    private readonly SseReassembler _events = new();
    private readonly PipeWriter _output = response.BodyWriter;
    private bool _isDone; // [DONE] has come, or something after which nothing can be read.
    private bool _isOversized;

    /// <summary>Runs to the end of the stream, good or bad. All events before a failure are sent.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!_isDone && await upstream.ReadAsync(cancellationToken))
        {
            var before = relayed.Events;
            WriteEvents();
            if (relayed.Events > before && (await _output.FlushAsync(cancellationToken)).IsCompleted)
            {
                relayed.Failure = new RelayFailure(RelayError.ClientGone);
                return;
            }
        }

        if (WriteUnfinished())
        {
            await _output.FlushAsync(cancellationToken);
        }

        relayed.Failure = chunks.IsComplete ? null : FindFailure();
    }

    public void Dispose() => _events.Dispose();

    private RelayFailure FindFailure() =>
        chunks.Failure ?? upstream.Failure ?? new RelayFailure(_isOversized ? RelayError.CorruptStream : RelayError.NoFinishReason);

    private void WriteEvents()
    {
        try
        {
            while (!_isDone && upstream.TryRead(out var payload))
            {
                while (!_isDone && _events.TryRead(ref payload, out var sseEvent))
                {
                    WriteEvent(sseEvent.Data);
                }
            }
        }
        catch (SseLimitException)
        {
            _isOversized = _isDone = true;
        }
    }

    // Model servers leave out the blank line after their last event.
    private bool WriteUnfinished()
    {
        if (_isDone || upstream.Failure is not null || !_events.TryReadUnfinished(out var last))
        {
            return false;
        }

        WriteEvent(last.Data);
        return !_isDone;
    }

    private void WriteEvent(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8) || !chunks.TryEdit(data, out var edited))
        {
            _isDone = true;
            return;
        }

        if (relayed.Events++ == 0)
        {
            StartResponse();
        }

        SseWriter.WriteEvent(_output, edited);
    }

    // Whatever stands between here and the browser is told to hold nothing back.
    private void StartResponse()
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
