using System.Buffers;
using System.Net.Sockets;
using LambdaChat.Lambda.Events;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// Streams the response: one write sends HTTP head, prelude and first bytes, then each flush is one write. Meanwhile a read is pending on
/// the connection. If it completes before the end of the response, the response is lost.
/// </summary>
/// <param name="runtimeApi">The client of the Runtime API.</param>
/// <param name="invocation">The invocation.</param>
/// <param name="format">The form of the response.</param>
/// <param name="createComment">Creates the flush comments of an SSE response, or null.</param>
/// <param name="onBroken">
/// Called when the connection breaks before the end of the response. Later bytes are discarded.
/// </param>
internal sealed class StreamingChannel(
    RuntimeApiClient runtimeApi,
    Invocation invocation,
    ResponseFormat format,
    Func<RuntimeApiConnection, FlushComment?> createComment,
    Action onBroken) : ResponseChannel(MaximumUnsentLength)
{
    // The application flushes each event. This bounds a document that is written as a whole. In bytes.
    private const int MaximumUnsentLength = 32 * 1024 * 1024;

    // In bytes. A longer body follows the prelude as a separate chunk, so that it is not copied.
    private const int MaximumJoinedLength = 16 * 1024;

    private const string NotSent = "it was not sent by the deadline";
    private const string NotRead = "it was aborted while the Runtime API accepted no bytes";

    private RuntimeApiConnection? _connection;
    private FlushComment? _comment;
    private Task _acknowledgement = Task.CompletedTask;
    private volatile bool _isComplete;
    private volatile bool _isSending;
    private int _isBroken;

    private bool IsBroken => Volatile.Read(ref _isBroken) != 0;

    // Status and headers wait for the first byte of the body. A streamed response without a body can hang for minutes, so a response
    // without a body is sent buffered. A REST API accepts streams only; there the body is a line feed.
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

        if (_connection is null && Body.Length == 0 && format.Source == EventSource.RestApi)
        {
            Body.Write("\n"u8);
        }
        else if (_connection is null && Body.Length == 0)
        {
            _isComplete = true;
            Failure = await BufferedChannel.RespondAsync(runtimeApi, invocation, format, response, []);
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
            await runtimeApi.ReportErrorAsync(invocation, error, CancellationToken.None);
            return;
        }

        if (_isSending)
        {
            // The handler no longer waits for its last write, which would come before the trailers. The write can end after the
            // invocation.
            Break(NotRead);
            _connection.GiveUp();
            await _acknowledgement;
            return;
        }

        await SendAsync(Body.ToChunk(isLast: false));
        await SendAsync(error.ToTrailers());
        await _acknowledgement;
    }

    public override void Dispose()
    {
        _comment?.Dispose();
        base.Dispose();
    }

    private async ValueTask StartAsync(LambdaResponse response, bool isLast)
    {
        var connection = runtimeApi.ConnectForResponse(); // If it fails, the body stays unsent.
        using var first = new ResponseBuffer(MaximumUnsentLength);
        ResponsePrelude.Write(first, format, StatusFor(response.StatusCode), response.Headers);
        first.Write(ResponsePrelude.Delimiter);
        var isEvent = Body.EndsWithEvent(response.HasEventIds);
        var isJoined = Body.Length <= MaximumJoinedLength;
        if (isJoined)
        {
            first.Write(Body.Span);
            Body.Clear();
        }

        _connection = connection;
        _comment = response.Headers.ContentType.ToString().StartsWith("text/event-stream", StringComparison.Ordinal)
            ? createComment(_connection)
            : null;
        if (_comment is not null)
        {
            _comment.HasEventIds = response.HasEventIds;
        }

        _isComplete = isLast;
        await SendAsync((byte[])[.. runtimeApi.StreamingHead(invocation), .. first.ToChunk(isLast && isJoined).Span], isJoined && isEvent);
        if (!isJoined)
        {
            await SendBodyAsync(isLast);
        }

        _acknowledgement = ReceiveAcknowledgementAsync(_connection);
    }

    // A streamed response has a body, and status 204 does not allow one.
    private static int StatusFor(int status) => status == StatusCodes.Status204NoContent ? StatusCodes.Status200OK : status;

    private async ValueTask SendBodyAsync(bool isLast)
    {
        _isComplete = isLast;
        var isEvent = Body.EndsWithEvent(_comment is { HasEventIds: true });
        await SendAsync(Body.ToChunk(isLast), isEvent);
        Body.Clear();
    }

    // A write that has begun is never cancelled, because an incomplete chunk would corrupt the response.
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, bool isEvent = false)
    {
        if (IsBroken)
        {
            return;
        }

        _isSending = true;
        try
        {
            if (_comment is not null)
            {
                await _comment.BeforeWrite();
            }

            await _connection!.SendAsync(bytes, CancellationToken.None);
            if (isEvent && !_isComplete)
            {
                _comment?.AfterWrite();
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            Break(exception);
        }
        finally
        {
            _isSending = false;
        }
    }

    private async Task ReceiveAcknowledgementAsync(RuntimeApiConnection connection)
    {
        try
        {
            var response = await connection.ReceiveAsync(CancellationToken.None);
            if (!_isComplete)
            {
                Break($"status {response.Status} before the end of the response");
            }
            else if (!response.IsSuccess)
            {
                Failure ??= $"status {response.Status}";
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            Break(exception);
        }
    }

    private void Break(Exception exception) => Break(runtimeApi.IsLate ? NotSent : exception.Message);

    // Two threads can get here: the writer and the reader of the acknowledgement.
    private void Break(string failure)
    {
        if (Interlocked.Exchange(ref _isBroken, 1) == 0)
        {
            Failure ??= failure;
            _connection!.Close();
            onBroken();
        }
    }
}
