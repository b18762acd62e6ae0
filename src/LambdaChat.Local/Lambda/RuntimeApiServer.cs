using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The Runtime API of one environment, on a port of its own. It hands out the invocations that are put into it to whoever asks, and
/// passes the answers on. Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
/// </summary>
internal sealed class RuntimeApiServer : IAsyncDisposable
{
    private const string Prefix = "/2018-06-01/runtime";
    public const string ErrorType = "Lambda-Runtime-Function-Error-Type";

    private readonly WebApplication _app;
    private readonly Channel<PendingInvocation> _invocations = Channel.CreateUnbounded<PendingInvocation>();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, PendingInvocation> _running = new();
    private readonly ResponseRules _rules;

    private RuntimeApiServer(LambdaOptions options)
    {
        _rules = new ResponseRules(options.EventFormat, options.IsSamLocal);
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

    /// <summary>SnapStart's part; idle without it.</summary>
    public SnapshotApi Snapshot { get; }

    /// <summary>Completes when the function asks for work the first time; fails where it says that it cannot start.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Host and port, as the function is told.</summary>
    public string Authority => _app.UrlToCall().Authority;

    public static async Task<RuntimeApiServer> StartAsync(LambdaOptions options)
    {
        var server = new RuntimeApiServer(options);
        await server._app.ListenAsync(IPAddress.Loopback, port: 0);
        return server;
    }

    public void Enqueue(PendingInvocation invocation) => _invocations.Writer.TryWrite(invocation);

    /// <summary>Breaks every connection that the function has open, as a Runtime API that is reset would.</summary>
    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private async Task NextAsync(HttpContext context)
    {
        _asked.TrySetResult();
        var invocation = await _invocations.Reader.ReadAsync(context.RequestAborted);
        _running[invocation.RequestId] = invocation;
        invocation.Duration.Start();
        var headers = context.Response.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = invocation.RequestId;
        headers["Lambda-Runtime-Deadline-Ms"] = invocation.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        headers["Lambda-Runtime-Trace-Id"] = TraceIdOf(invocation);
        headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:us-east-1:111122223333:function:lambdachat-local";
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = invocation.Payload.Length;
        await context.Response.Body.WriteAsync(invocation.Payload, context.RequestAborted);
    }

    private async Task ResponseAsync(HttpContext context, string id)
    {
        if (Find(id) is not { } invocation)
        {
            await AnswerAsync(context, 400, "InvalidRequestID");
            return;
        }

        InvocationOutcome outcome;
        try
        {
            var error = await _rules.PassOnAsync(context, invocation);
            outcome = new InvocationOutcome(error, HasStarted: invocation.Client.Response.HasStarted);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or BadHttpRequestException)
        {
            outcome = new InvocationOutcome("Runtime.ConnectionLost", "The function's answer broke off.", invocation.Client.Response.HasStarted);
        }

        await AnswerAsync(context, 202, outcome.ErrorType);
        Complete(invocation, outcome);
    }

    private async Task ErrorAsync(HttpContext context, string id)
    {
        var error = JsonNode.Parse(await context.Request.ReadBytesAsync());
        await AnswerAsync(context, 202, errorType: null);
        if (Find(id) is { } invocation)
        {
            Complete(invocation, new InvocationOutcome(context.Request.Headers[ErrorType].ToString(), (string?)error?["errorMessage"]));
        }
    }

    private async Task InitErrorAsync(HttpContext context)
    {
        var error = JsonNode.Parse(await context.Request.ReadBytesAsync());
        await AnswerAsync(context, 202, errorType: null);
        _asked.TrySetException(new LocalException($"The function does not start: {(string?)error?["errorMessage"]}"));
    }

    private async Task RestoreErrorAsync(HttpContext context)
    {
        var error = JsonNode.Parse(await context.Request.ReadBytesAsync());
        await AnswerAsync(context, 202, errorType: null);
        _asked.TrySetException(new LocalException($"The function is not restored: {(string?)error?["errorType"]}"));
    }

    private PendingInvocation? Find(string id) => _running.GetValueOrDefault(id);

    private void Complete(PendingInvocation invocation, InvocationOutcome outcome)
    {
        _running.TryRemove(invocation.RequestId, out _);
        invocation.TryComplete(outcome);
    }

    // A client's own is passed on; without one Lambda makes one up.
    private static string TraceIdOf(PendingInvocation invocation) =>
        invocation.Client.Request.Headers["X-Amzn-Trace-Id"] is [{ Length: > 0 } own] ? own
            : $"Root=1-{invocation.Deadline.ToUnixTimeSeconds():x8}-{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..24]};Sampled=0";

    private static Task AnswerAsync(HttpContext context, int status, string? errorType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(errorType is null ? """{"status":"OK"}""" : new JsonObject { ["errorType"] = errorType }.ToJsonString());
    }
}
