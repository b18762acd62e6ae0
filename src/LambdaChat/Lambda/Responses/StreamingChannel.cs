using System.Buffers;
using System.Net.Sockets;
using LambdaChat.Lambda.Events;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// Streams the response: one write sends HTTP head, prelude and first bytes, then each flush is one write. Meanwhile a read is pending on
/// the connection. If it completes before the end of the response, the response is lost.
/// </summary>
/// <param name="onBroken">Called when the connection breaks before the end of the response. Later bytes are discarded.</param>
internal sealed class StreamingChannel(
    RuntimeApiClient runtimeApi,
    string requestId,
    PayloadFormat format,
    Action onBroken) : ResponseChannel
{
    // A longer body follows the prelude as a chunk of its own, so that it is not copied. In bytes.
    private const int MaximumJoinedLength = 16 * 1024;

    private RuntimeApiConnection? _connection;
    private Task _acknowledgement = Task.CompletedTask;
    private int _isBroken;
    private volatile bool _isComplete;

    private bool IsBroken => Volatile.Read(ref _isBroken) != 0;

    // Status and headers wait for the first byte of the body. A streamed response without a body can hang for minutes, so a response
    // without
    // a body is sent buffered. A REST API accepts streams only; there the body is a line feed.
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

        return !IsBroken;
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
        await SendAsync(error.ToTrailers());
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
        var isJoined = Body.Length <= MaximumJoinedLength;
        if (isJoined)
        {
            first.Write(Body.Span);
            Body.Clear();
        }

        _connection = runtimeApi.ConnectForResponse();
        _isComplete = isLast;
        await SendAsync((byte[])[.. runtimeApi.StreamingHead(requestId), .. first.ToChunk(isLast && isJoined).Span]);
        if (!isJoined)
        {
            await SendBodyAsync(isLast);
        }

        _acknowledgement = ReceiveAcknowledgementAsync(_connection);
    }

    // A streamed response has a body, and status 204 does not allow one.
    private static int StatusFor(int status) => status == StatusCodes.Status204NoContent ? StatusCodes.Status200OK : status;

    // A write that has begun is never cancelled, because an incomplete chunk would corrupt the response.
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (IsBroken)
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

    // Two threads can get here: the writer and the reader of the acknowledgement.
    private void Break()
    {
        if (Interlocked.Exchange(ref _isBroken, 1) == 0)
        {
            _connection!.Close();
            onBroken();
        }
    }
}
