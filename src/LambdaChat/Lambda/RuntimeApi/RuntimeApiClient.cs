using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LambdaChat.Hosting;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// Client of the Runtime API for one invocation at a time. It keeps two connections: one polls for invocations, the other sends responses.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
/// </summary>
internal sealed class RuntimeApiClient(LambdaEnvironment environment, TimeProvider timeProvider) : IDisposable
{
    private const string Version = "/2018-06-01/runtime/";

    // In bytes. A longer document is not copied into the buffer of the head.
    private const int MaximumJoinedLength = 16 * 1024;

    private const string UserAgent = "lambdachat";
    private const string InvocationIdName = "Lambda-Runtime-Invocation-Id";

    // The end of the year 9999, in milliseconds since 1970.
    private const long LastDeadline = 253_402_300_799_999;

    // A failed poll is repeated for this time.
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    // The rest of the request line and the headers of every request. AWS's clients send a User-Agent, too.
    private readonly string _http = $" HTTP/1.1\r\nHost: {environment.RuntimeApi}\r\nUser-Agent: {UserAgent}\r\n";

    private readonly RuntimeApiConnection _poll = new(environment.EndPoint);
    private RuntimeApiConnection _respond = new(environment.EndPoint);
    private ResponseLimit? _limit; // Of the last invocation.

    /// <summary>True if the response of the last invocation was given up, because its deadline was near.</summary>
    public bool IsLate => _limit is { IsReached: true };

    /// <summary>Waits for the next invocation. It reconnects after a lost connection, because a repeated poll loses nothing.</summary>
    /// <exception cref="IOException">Every poll failed for two seconds: no connection, or a status other than 200.</exception>
    public async Task<Invocation> GetNextAsync(CancellationToken cancellationToken)
    {
        long? failingSince = null;
        while (true)
        {
            try
            {
                return await PollAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                _poll.Close();
                failingSince ??= timeProvider.GetTimestamp();
                if (timeProvider.GetElapsedTime(failingSince.Value) >= RetryTime)
                {
                    throw new IOException("The Runtime API does not respond.", exception);
                }
            }

            await Task.Delay(RetryDelay, timeProvider, cancellationToken);
        }
    }

    /// <summary>Ends the init phase, so that Lambda takes the snapshot. Returns in each environment that Lambda restores from it.</summary>
    /// <exception cref="IOException">The Runtime API does not respond, or its status is not 200.</exception>
    public async Task WaitForRestoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            _poll.Connect();
            await _poll.SendAsync(GetRequest("restore/next"), cancellationToken);
            var response = await _poll.ReceiveAsync(cancellationToken);
            if (response.Status != StatusCodes.Status200OK)
            {
                throw new IOException($"restore/next returned status {response.Status}.");
            }
        }
        catch (SocketException exception)
        {
            throw new IOException("The Runtime API does not respond.", exception);
        }
    }

    /// <summary>Reports that the restored environment cannot be used.</summary>
    public Task ReportRestoreErrorAsync(InvocationError error, CancellationToken cancellationToken) =>
        PostAsync("restore/error", error.ToJson(), TypeHeader(error), cancellationToken);

    /// <summary>
    /// Limits the time of the response to this invocation. Later writes, reads and connections for it throw an
    /// <see cref="IOException"/>.
    /// </summary>
    /// <returns>Dispose it at the end of the invocation.</returns>
    public ResponseLimit LimitResponse(Invocation invocation) => _limit = new ResponseLimit(_respond, invocation.Deadline, timeProvider);

    /// <summary>The connection for a streamed response: first <see cref="StreamingHead"/>, then chunks.</summary>
    /// <exception cref="IOException">The Runtime API refuses the connection, or the response was given up.</exception>
    public RuntimeApiConnection ConnectForResponse()
    {
        try
        {
            _respond.Connect();
            return _respond;
        }
        catch (SocketException exception)
        {
            throw new IOException("The Runtime API does not respond.", exception);
        }
    }

    /// <summary>The HTTP head of a streamed response. The body is chunked and may end with error trailers.</summary>
    public byte[] StreamingHead(Invocation invocation) => Encoding.ASCII.GetBytes(
        $"POST {Version}invocation/{invocation.RequestId}/response{_http}{InvocationIdHeader(invocation)}" +
        "Content-Type: application/vnd.awslambda.http-integration-response\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n" +
        $"Transfer-Encoding: chunked\r\nTrailer: {InvocationError.TypeName}, {InvocationError.BodyName}\r\n\r\n");

    /// <summary>Sends a buffered response: one JSON document.</summary>
    /// <returns>The HTTP status code.</returns>
    public Task<int> RespondAsync(Invocation invocation, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        PostAsync($"invocation/{invocation.RequestId}/response", json, InvocationIdHeader(invocation), cancellationToken);

    /// <summary>Reports that an invocation failed before its response started.</summary>
    public Task ReportErrorAsync(Invocation invocation, InvocationError error, CancellationToken cancellationToken)
    {
        var headers = InvocationIdHeader(invocation) + TypeHeader(error);
        return PostAsync($"invocation/{invocation.RequestId}/error", error.ToJson(), headers, cancellationToken);
    }

    /// <summary>Reports that the function cannot start.</summary>
    public Task ReportInitErrorAsync(InvocationError error, CancellationToken cancellationToken) =>
        PostAsync("init/error", error.ToJson(), TypeHeader(error), cancellationToken);

    public void Dispose()
    {
        _poll.Dispose();
        _respond.Dispose();
    }

    private async Task<Invocation> PollAsync(CancellationToken cancellationToken)
    {
        _poll.Connect();
        await _poll.SendAsync(GetRequest("invocation/next"), cancellationToken);
        ConnectAhead();
        var response = await _poll.ReceiveAsync(cancellationToken);
        if (response.Status != StatusCodes.Status200OK || response.GetHeader("Lambda-Runtime-Aws-Request-Id") is not { } requestId)
        {
            throw new IOException($"invocation/next returned status {response.Status}.");
        }

        return new Invocation(
            requestId,
            response.GetHeader(InvocationIdName),
            ParseDeadline(response.GetHeader("Lambda-Runtime-Deadline-Ms")),
            response.GetHeader("Lambda-Runtime-Trace-Id"),
            response.Body);
    }

    // Null also for a time that is not a valid date, which no timeout of Lambda can reach.
    private static DateTimeOffset? ParseDeadline(string? milliseconds) =>
        long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= LastDeadline
            ? DateTimeOffset.FromUnixTimeMilliseconds(value)
            : null;

    private byte[] GetRequest(string path) =>
        Encoding.ASCII.GetBytes($"GET {Version}{path}{_http}\r\n");

    private static string InvocationIdHeader(Invocation invocation) =>
        invocation.InvocationId is { } id ? $"{InvocationIdName}: {id}\r\n" : "";

    private static string TypeHeader(InvocationError error) => $"{InvocationError.TypeName}: {error.Type}\r\n";

    // Connects while the poll waits, so that a response need not wait for the connection. A connection that was given up can still be in
    // use by the response before.
    private void ConnectAhead()
    {
        if (_respond.IsGivenUp)
        {
            _respond = new RuntimeApiConnection(environment.EndPoint);
        }

        try
        {
            _respond.Connect();
        }
        catch (SocketException)
        {
            // The response connects again and reports the failure.
        }
    }

    private async Task<int> PostAsync(string path, ReadOnlyMemory<byte> json, string headers, CancellationToken cancellationToken)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST {Version}{path}{_http}" +
            $"Content-Type: application/json\r\n{headers}Content-Length: {json.Length}\r\n\r\n");
        _respond.Connect();
        if (json.Length <= MaximumJoinedLength)
        {
            await _respond.SendAsync((byte[])[.. head, .. json.Span], cancellationToken);
        }
        else
        {
            await _respond.SendAsync(head, cancellationToken);
            await _respond.SendAsync(json, cancellationToken);
        }

        return (await _respond.ReceiveAsync(cancellationToken)).Status;
    }
}
