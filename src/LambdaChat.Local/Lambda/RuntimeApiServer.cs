using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The Runtime API of one environment on a separate port. It returns queued invocations to the function and sends its responses to the
/// clients.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
/// </summary>
internal sealed class RuntimeApiServer : IAsyncDisposable
{
    private const string Prefix = "/2018-06-01/runtime";
    private const string InvocationId = "Lambda-Runtime-Invocation-Id";
    public const string ErrorType = "Lambda-Runtime-Function-Error-Type";

    private readonly WebApplication _app;
    private readonly Channel<PendingInvocation> _invocations = Channel.CreateUnbounded<PendingInvocation>();
    private readonly TaskCompletionSource _polled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, PendingInvocation> _running = new();
    private readonly LambdaOptions _options;
    private readonly ResponseRules _rules;
    private volatile TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RuntimeApiServer(LambdaOptions options)
    {
        _options = options;
        _rules = new ResponseRules(options);
        Snapshot = new SnapshotApi(options.Variables);
        _app = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        _app.MapGet(Prefix + "/invocation/next", NextAsync);
        _app.MapPost(Prefix + "/invocation/{id}/response", ResponseAsync);
        _app.MapPost(Prefix + "/invocation/{id}/error", ErrorAsync);
        _app.MapPost(Prefix + "/init/error", InitErrorAsync);
        if (options.IsSnapStart)
        {
            _app.MapGet(Prefix + "/restore/next", Snapshot.NextAsync);
            _app.MapPost(Prefix + "/restore/error", RestoreErrorAsync);
            _app.MapGet(SnapshotApi.CredentialsPath, Snapshot.CredentialsAsync);
        }
    }

    /// <summary>The SnapStart part; unused without SnapStart.</summary>
    public SnapshotApi Snapshot { get; }

    /// <summary>Completes with the first poll of the function. Fails if the function reports an init error.</summary>
    public Task Polled => _polled.Task;

    /// <summary>Completes with the poll after the last delivered invocation: the function has ended all work for it.</summary>
    public Task Idle => _idle.Task;

    /// <summary>The value of <c>AWS_LAMBDA_RUNTIME_API</c>: host and port.</summary>
    public string Authority => _app.UrlToCall().Authority;

    public static async Task<RuntimeApiServer> StartAsync(LambdaOptions options)
    {
        var server = new RuntimeApiServer(options);
        await server._app.ListenAsync(IPAddress.Loopback, port: 0);
        return server;
    }

    public void Enqueue(PendingInvocation invocation) => _invocations.Writer.TryWrite(invocation);

    /// <summary>Stops the server and closes the connections of the function at once.</summary>
    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private async Task NextAsync(HttpContext context)
    {
        EndResponses();
        _polled.TrySetResult();
        _idle.TrySetResult();
        var invocation = await _invocations.Reader.ReadAsync(context.RequestAborted);
        _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[invocation.RequestId] = invocation;
        invocation.Duration.Start();
        var headers = context.Response.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = invocation.RequestId;
        headers["Lambda-Runtime-Deadline-Ms"] = DeadlineOf(invocation).ToString(CultureInfo.InvariantCulture);
        headers["Lambda-Runtime-Trace-Id"] = TraceIdOf(invocation);
        headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:us-east-1:111122223333:function:lambdachat-local";
        if (_options.Concurrency > 1)
        {
            headers[InvocationId] = invocation.InvocationId;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = invocation.Payload.Length;
        await context.Response.Body.WriteAsync(invocation.Payload, context.RequestAborted);
    }

    // With one invocation at a time, a poll shows that the function has ended the last one. A closed connection is not noticed while the
    // client does not read, because its bytes are not read then.
    private void EndResponses()
    {
        foreach (var invocation in _options.Concurrency == 1 ? _running.Values : [])
        {
            invocation.GiveUp();
        }
    }

    private async Task ResponseAsync(HttpContext context, string id)
    {
        if (Find(id) is not { } invocation || !HasValidInvocationId(context.Request, invocation))
        {
            await RespondAsync(context, 400, "InvalidRequestID");
            return;
        }

        InvocationOutcome outcome;
        try
        {
            var sending = _rules.SendAsync(context, invocation);
            if (await Task.WhenAny(sending, invocation.GivenUp) != sending)
            {
                context.Abort();
            }

            var error = await sending;
            outcome = new InvocationOutcome(error, HasStarted: invocation.Client.Response.HasStarted);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or BadHttpRequestException)
        {
            outcome = new InvocationOutcome(
                "Runtime.ConnectionLost",
                "The connection of the function closed before the response was complete.",
                invocation.Client.Response.HasStarted);
        }
        catch (InvalidOperationException)
        {
            outcome = new InvocationOutcome(
                "Runtime.InvalidResponse", "The body does not match the headers of the response.", invocation.Client.Response.HasStarted);
        }

        await RespondAsync(context, 202, outcome.ErrorType);
        Complete(invocation, outcome);
    }

    private async Task ErrorAsync(HttpContext context, string id)
    {
        if (Find(id) is not { } invocation || !HasValidInvocationId(context.Request, invocation))
        {
            await RespondAsync(context, 400, "InvalidRequestID");
            return;
        }

        var message = await ReadErrorAsync(context.Request, "errorMessage");
        Complete(invocation, new InvocationOutcome(context.Request.Headers[ErrorType].ToString(), message));
        await RespondAsync(context, 202, errorType: null);
    }

    private async Task InitErrorAsync(HttpContext context)
    {
        var message = await ReadErrorAsync(context.Request, "errorMessage");
        await RespondAsync(context, 202, errorType: null);
        _polled.TrySetException(new LocalException($"The function failed to start: {message}"));
    }

    private async Task RestoreErrorAsync(HttpContext context)
    {
        var type = await ReadErrorAsync(context.Request, "errorType");
        await RespondAsync(context, 202, errorType: null);
        _polled.TrySetException(new LocalException($"The function failed to restore: {type}"));
    }

    // Lambda also accepts an error that is not JSON.
    private static async Task<string?> ReadErrorAsync(HttpRequest request, string member)
    {
        try
        {
            return (string?)JsonNode.Parse(await request.ReadBytesAsync())?[member];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // AWS's Runtime Interface Emulator multiplies a timeout in seconds by 10^9 and adds it to the milliseconds.
    private long DeadlineOf(PendingInvocation invocation) => _options.HasFarDeadline
        ? (invocation.Deadline - _options.Timeout).ToUnixTimeMilliseconds() + ((long)_options.Timeout.TotalSeconds * 1_000_000_000)
        : invocation.Deadline.ToUnixTimeMilliseconds();

    // Managed Instances accept a missing id and refuse a wrong one.
    private static bool HasValidInvocationId(HttpRequest request, PendingInvocation invocation) =>
        request.Headers[InvocationId].ToString() is var id && (id.Length == 0 || id == invocation.InvocationId);

    private PendingInvocation? Find(string id) => _running.GetValueOrDefault(id);

    private void Complete(PendingInvocation invocation, InvocationOutcome outcome)
    {
        _running.TryRemove(invocation.RequestId, out _);
        invocation.TryComplete(outcome);
    }

    // The trace id of the client, or a new one.
    private static string TraceIdOf(PendingInvocation invocation) =>
        invocation.Client.Request.Headers["X-Amzn-Trace-Id"] is [{ Length: > 0 } own] ? own
            : $"Root=1-{invocation.Deadline.ToUnixTimeSeconds():x8}-{Guid.NewGuid().ToString("N")[..24]};Sampled=0";

    private static Task RespondAsync(HttpContext context, int status, string? errorType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(
            errorType is null ? """{"status":"OK"}""" : new JsonObject { ["errorType"] = errorType }.ToJsonString());
    }
}
