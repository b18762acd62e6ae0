using System.Buffers;
using System.Net.Sockets;
using LambdaChat.Lambda.Events;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// An answer that is sent as it is written: HTTP head, prelude and the first bytes in one write, then one write per flush.
/// While it is under way a read is pending on the connection: whatever comes before our end means that the answer is lost.
/// </summary>
/// <param name="onBroken">Called when the connection breaks before the end. What is written after that goes nowhere.</param>
internal sealed class StreamingChannel(RuntimeApiClient runtimeApi, string requestId, PayloadFormat format, Action onBroken) : ResponseChannel
{
    private RuntimeApiConnection? _connection;
    private Task _acknowledgement = Task.CompletedTask;
    private volatile bool _isBroken;
    private volatile bool _isComplete;

    // Status and headers wait for the first byte of the body: a streamed answer without one can hang for minutes, so that an answer
    // which turns out to have none is given buffered. API Gateway, which asks for a stream, takes only streams: there it gets a line feed.
    public override async ValueTask<bool> FlushAsync(LambdaResponse response, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Body.Length > 0 && _connection is null)
        {
            await StartAsync(response, isLast: false);
        }
        else if (Body.Length > 0)
        {
            await SendBodyAsync(isLast: false);
        }

        return !_isBroken;
    }

    public override async ValueTask CompleteAsync(LambdaResponse response)
    {
        if (_isComplete)
        {
            return;
        }

        if (_connection is null && Body.Length == 0 && format == PayloadFormat.RestApi)
        {
            Body.Write("\n"u8);
        }
        else if (_connection is null && Body.Length == 0)
        {
            _isComplete = true;
            await BufferedChannel.RespondAsync(runtimeApi, requestId, format, response, []);
            return;
        }

        if (_connection is null)
        {
            await StartAsync(response, isLast: true);
        }
        else
        {
            await SendBodyAsync(isLast: true);
        }

        await _acknowledgement;
    }

    public override async ValueTask FailAsync(InvocationError error)
    {
        if (_isComplete)
        {
            return;
        }

        _isComplete = true;
        if (_connection is null)
        {
            await runtimeApi.ReportErrorAsync(requestId, error, CancellationToken.None);
            return;
        }

        await SendAsync(Body.ToChunk(isLast: false));
        await SendAsync(ErrorTrailers.End(error));
        await _acknowledgement;
    }

    private async ValueTask SendBodyAsync(bool isLast)
    {
        _isComplete = isLast;
        await SendAsync(Body.ToChunk(isLast));
        Body.Clear();
    }

    private async ValueTask StartAsync(LambdaResponse response, bool isLast)
    {
        using var first = new ResponseBuffer();
        ResponsePrelude.Write(first, format, StatusFor(response.StatusCode), response.Headers);
        first.Write(ResponsePrelude.Delimiter);
        first.Write(Body.Span);
        Body.Clear();
        _connection = runtimeApi.ConnectForResponse();
        _isComplete = isLast;
        await SendAsync((byte[])[.. runtimeApi.StreamingHead(requestId), .. first.ToChunk(isLast).Span]);
        _acknowledgement = ReceiveAcknowledgementAsync(_connection);
    }

    // 204 has no body, and a stream has one.
    private static int StatusFor(int status) => status == StatusCodes.Status204NoContent ? StatusCodes.Status200OK : status;

    // A write that has begun is not cancelled: half a chunk would make the rest of the answer unreadable.
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_isBroken)
        {
            return;
        }

        try
        {
            await _connection!.SendAsync(bytes, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            Break();
        }
    }

    private async Task ReceiveAcknowledgementAsync(RuntimeApiConnection connection)
    {
        try
        {
            await connection.ReceiveAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            Break();
        }

        if (!_isComplete)
        {
            Break();
        }
    }

    private void Break()
    {
        if (!_isBroken)
        {
            _isBroken = true;
            _connection!.Close();
            onBroken();
        }
    }
}
