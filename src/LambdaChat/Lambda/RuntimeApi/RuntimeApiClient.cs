using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LambdaChat.Hosting;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// The Runtime API for one invocation at a time, over two kept connections: one that waits for work, one that answers.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
/// </summary>
internal sealed class RuntimeApiClient(LambdaEnvironment environment, TimeProvider timeProvider) : IDisposable
{
    private const string Version = "/2018-06-01/runtime/";

    /// <summary>How long a Runtime API that refuses connections is asked again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly RuntimeApiConnection _poll = new(environment.EndPoint);
    private readonly RuntimeApiConnection _respond = new(environment.EndPoint);

    /// <summary>Waits for the next invocation. A connection that breaks is made again; nothing is lost by asking twice.</summary>
    /// <exception cref="IOException">The Runtime API refuses connections, or answers with anything but 200, for two seconds.</exception>
    public async Task<Invocation> GetNextAsync(CancellationToken cancellationToken)
    {
        long? failingSince = null;
        while (true)
        {
            try
            {
                return await AskNextAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                _poll.Close();
                failingSince ??= timeProvider.GetTimestamp();
                if (timeProvider.GetElapsedTime(failingSince.Value) >= Patience)
                {
                    throw new IOException("The Runtime API does not answer.", exception);
                }
            }

            await Task.Delay(Pause, timeProvider, cancellationToken);
        }
    }

    /// <summary>Says that the init phase is over, so that the snapshot can be taken; returns in the environment made from it.</summary>
    /// <exception cref="IOException">The Runtime API is gone.</exception>
    public async Task WaitForRestoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            _poll.Connect();
            await _poll.SendAsync(GetRequest("restore/next"), cancellationToken);
            var response = await _poll.ReceiveAsync(cancellationToken);
            if (response.Status != StatusCodes.Status200OK)
            {
                throw new IOException($"The Runtime API answered {response.Status} when asked for the restore.");
            }
        }
        catch (SocketException exception)
        {
            throw new IOException("The Runtime API does not answer.", exception);
        }
    }

    /// <summary>Says that the restored environment cannot be used.</summary>
    public Task ReportRestoreErrorAsync(InvocationError error, CancellationToken cancellationToken) =>
        PostAsync("restore/error", error.ToJson(), $"{ErrorTrailers.TypeName}: {error.Type}\r\n", cancellationToken);

    /// <summary>The connection for a streamed answer: first <see cref="StreamingHead"/>, then its chunks.</summary>
    public RuntimeApiConnection ConnectForResponse()
    {
        _respond.Connect();
        return _respond;
    }

    /// <summary>The head of a streamed answer, whose body is chunked and may end in error trailers.</summary>
    public byte[] StreamingHead(string requestId) => Encoding.ASCII.GetBytes(
        $"POST {Version}invocation/{requestId}/response HTTP/1.1\r\nHost: {environment.RuntimeApi}\r\n" +
        "Content-Type: application/vnd.awslambda.http-integration-response\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n" +
        $"Transfer-Encoding: chunked\r\nTrailer: {ErrorTrailers.TypeName}, {ErrorTrailers.BodyName}\r\n\r\n");

    /// <summary>Answers an invocation with one JSON document.</summary>
    public Task RespondAsync(string requestId, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        PostAsync($"invocation/{requestId}/response", json, "", cancellationToken);

    /// <summary>Says that an invocation failed before it answered.</summary>
    public Task ReportErrorAsync(string requestId, InvocationError error, CancellationToken cancellationToken) =>
        PostAsync($"invocation/{requestId}/error", error.ToJson(), $"{ErrorTrailers.TypeName}: {error.Type}\r\n", cancellationToken);

    /// <summary>Says that the function cannot start.</summary>
    public Task ReportInitErrorAsync(InvocationError error, CancellationToken cancellationToken) =>
        PostAsync("init/error", error.ToJson(), $"{ErrorTrailers.TypeName}: {error.Type}\r\n", cancellationToken);

    public void Dispose()
    {
        _poll.Dispose();
        _respond.Dispose();
    }

    private async Task<Invocation> AskNextAsync(CancellationToken cancellationToken)
    {
        _poll.Connect();
        await _poll.SendAsync(GetRequest("invocation/next"), cancellationToken);
        PrepareToRespond();
        var response = await _poll.ReceiveAsync(cancellationToken);
        if (response.Status != StatusCodes.Status200OK || response.GetHeader("Lambda-Runtime-Aws-Request-Id") is not { } requestId)
        {
            throw new IOException($"The Runtime API answered {response.Status} when asked for work.");
        }

        return new Invocation(
            requestId,
            long.TryParse(response.GetHeader("Lambda-Runtime-Deadline-Ms"), CultureInfo.InvariantCulture, out var deadline)
                ? DateTimeOffset.FromUnixTimeMilliseconds(deadline)
                : null,
            response.GetHeader("Lambda-Runtime-Trace-Id"),
            response.Body);
    }

    private byte[] GetRequest(string path) => Encoding.ASCII.GetBytes($"GET {Version}{path} HTTP/1.1\r\nHost: {environment.RuntimeApi}\r\n\r\n");

    // While nothing is to be done anyway, so that the first bytes of an answer find a connection.
    private void PrepareToRespond()
    {
        try
        {
            _respond.Connect();
        }
        catch (SocketException)
        {
            // The answer will try again, and say so.
        }
    }

    private async Task PostAsync(string path, ReadOnlyMemory<byte> json, string headers, CancellationToken cancellationToken)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST {Version}{path} HTTP/1.1\r\nHost: {environment.RuntimeApi}\r\nContent-Type: application/json\r\n{headers}Content-Length: {json.Length}\r\n\r\n");
        _respond.Connect();
        await _respond.SendAsync((byte[])[.. head, .. json.Span], cancellationToken);
        await _respond.ReceiveAsync(cancellationToken);
    }
}
