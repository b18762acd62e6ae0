using System.Net.Sockets;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// Sends an SSE comment as a separate HTTP chunk if no other chunk follows an event within a delay. Users of function URLs report that a
/// small chunk reaches the client only together with the next one; the comment then releases the event. Report:
/// https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/94
/// </summary>
/// <remarks>The timer is set once per pause and not once per event: while events follow each other, it only sets itself again.</remarks>
internal sealed class FlushComment : IDisposable
{
    // With a space, because a client rejects lines without a colon and a space: https://github.com/mistralai/mistral-vibe/issues/762
    private static readonly byte[] Comment = "4\r\n: \n\n\r\n"u8.ToArray();
    private static readonly byte[] CommentLine = "3\r\n: \n\r\n"u8.ToArray();

    private readonly Lock _lock = new();
    private readonly RuntimeApiConnection _connection;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _delay;
    private readonly ITimer _timer;
    private ValueTask _sending;
    private long _lastWrite;
    private bool _isDue;
    private bool _isTimerSet;

    public FlushComment(RuntimeApiConnection connection, TimeSpan delay, TimeProvider timeProvider)
    {
        _connection = connection;
        _timeProvider = timeProvider;
        _delay = delay;
        _timer = timeProvider.CreateTimer(
            static state => ((FlushComment)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True for a comment without a blank line.</summary>
    public bool HasEventIds { get; set; }

    /// <summary>
    /// Cancels the comment. The writer awaits the result before it sends a chunk, so that no comment is inside the chunk.
    /// </summary>
    public ValueTask BeforeWrite()
    {
        lock (_lock)
        {
            _isDue = false;
            return _sending;
        }
    }

    /// <summary>Sends a comment after the delay, unless <see cref="BeforeWrite"/> is called first.</summary>
    public void AfterWrite()
    {
        lock (_lock)
        {
            _isDue = true;
            _lastWrite = _timeProvider.GetTimestamp();
            if (!_isTimerSet)
            {
                SetTimer(_delay);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDue = false;
        }

        _timer.Dispose();
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _isTimerSet = false;
            if (!_isDue)
            {
                return;
            }

            var left = _delay - _timeProvider.GetElapsedTime(_lastWrite);
            if (left > TimeSpan.Zero)
            {
                SetTimer(left);
                return;
            }

            _isDue = false;
            Send();
        }
    }

    private void Send()
    {
        try
        {
            _sending = _connection.SendAsync(HasEventIds ? CommentLine : Comment, CancellationToken.None).Preserve();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The next write fails as well and ends the response.
        }
    }

    // Timers count whole milliseconds.
    private void SetTimer(TimeSpan time)
    {
        _isTimerSet = true;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
