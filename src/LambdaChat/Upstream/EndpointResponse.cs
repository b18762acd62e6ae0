using System.Buffers;
using LambdaChat.Failures;

namespace LambdaChat.Upstream;

/// <summary>The response to a call: a body to read, or the failure of the call.</summary>
internal sealed class EndpointResponse : IDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromMilliseconds(100);

    private readonly Stream? _body;
    private IDisposable? _connection;

    private EndpointResponse(IPayloadReader payloads, IDisposable? connection, Stream? body, ReplyFailure? failure)
    {
        Payloads = payloads;
        (_connection, _body) = (connection, body);
        Failure = failure;
    }

    /// <summary>Null if there is a body.</summary>
    public ReplyFailure? Failure { get; }

    /// <summary>The index of the target that responded.</summary>
    public int Target { get; set; }

    /// <summary>The indexes of the targets that were called, if all of them have failed.</summary>
    public IReadOnlyCollection<int> Called { get; set; } = [];

    /// <summary>The number of calls made, over all targets.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>True if the call waited for an endpoint that was scaled to zero.</summary>
    public bool HasWaitedCold { get; set; }

    /// <summary>The container's bytes; empty after a failure.</summary>
    public IPayloadReader Payloads { get; }

    /// <param name="connection">What <see cref="Dispose"/> releases together with the reader.</param>
    /// <param name="body">What the reader reads; null if its connection is not reused.</param>
    public static EndpointResponse Of(IPayloadReader payloads, IDisposable? connection, Stream? body = null) =>
        new(payloads, connection, body, failure: null);

    public static EndpointResponse Failed(ReplyFailure failure) =>
        new(new RawPayloadReader(Stream.Null), connection: null, body: null, failure);

    /// <summary>
    /// After the last record of a stream: lets other calls use the connection if the body ends within 100 ms. Does not wait for the end,
    /// because the client does not need it.
    /// </summary>
    public void ReuseConnection(TimeProvider timeProvider)
    {
        if (_connection is { } connection && _body is not null)
        {
            _connection = null;
            _ = ReadEndAsync(_body, connection, timeProvider);
        }
    }

    /// <summary>
    /// Ends the call. A body that was not read to its end closes its connection at once: Lambda may freeze the process after the reply,
    /// and the model generates until the connection closes.
    /// </summary>
    public void Dispose()
    {
        _connection?.Dispose();
        Payloads.Dispose();
    }

    private static async Task ReadEndAsync(Stream body, IDisposable connection, TimeProvider timeProvider)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1024);
        try
        {
            using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
            var read = body.ReadAsync(buffer, timeout.Token); // Nearly always, the end has arrived.
            var isTimed = !read.IsCompleted;
            if (isTimed)
            {
                timeout.CancelAfter(EndTimeout);
            }

            var length = await read;
            if (length > 0 && !isTimed)
            {
                timeout.CancelAfter(EndTimeout); // More than the end had arrived.
            }

            while (length > 0 && !timeout.IsCancellationRequested)
            {
                length = await body.ReadAsync(buffer, timeout.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            // The connection closes.
        }
        finally
        {
            connection.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
