using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The Runtime API of one environment, on a port of its own. It hands out the invocations that are put into it, one at a time, and
/// passes the answers on. Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
/// </summary>
internal sealed class RuntimeApiServer : IAsyncDisposable
{
    private const string Prefix = "/2018-06-01/runtime";
    private const string ErrorType = "Lambda-Runtime-Function-Error-Type";

    private readonly WebApplication _app;
    private readonly Channel<PendingInvocation> _invocations = Channel.CreateUnbounded<PendingInvocation>();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PendingInvocation? _current;

    private RuntimeApiServer()
    {
        _app = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        _app.MapGet(Prefix + "/invocation/next", NextAsync);
        _app.MapPost(Prefix + "/invocation/{id}/response", ResponseAsync);
        _app.MapPost(Prefix + "/invocation/{id}/error", ErrorAsync);
        _app.MapPost(Prefix + "/init/error", InitErrorAsync);
    }

    /// <summary>Completes when the function asks for work the first time; fails where it says that it cannot start.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Host and port, as the function is told.</summary>
    public string Authority => _app.UrlToCall().Authority;

    public static async Task<RuntimeApiServer> StartAsync()
    {
        var server = new RuntimeApiServer();
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
        _current = invocation;
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
            var error = await PassOnAsync(context, invocation);
            outcome = new InvocationOutcome(error, HasStarted: invocation.Client.Response.HasStarted);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or BadHttpRequestException)
        {
            outcome = new InvocationOutcome("Runtime.ConnectionLost", "The function's answer broke off.", invocation.Client.Response.HasStarted);
        }

        await AnswerAsync(context, 202, outcome.ErrorType);
        invocation.TryComplete(outcome);
    }

    private static async Task<string?> PassOnAsync(HttpContext context, PendingInvocation invocation)
    {
        var request = context.Request;
        if (request.Headers["Lambda-Runtime-Function-Response-Mode"] != "streaming")
        {
            return await BufferedResponse.SendAsync(invocation.Client.Response, await ReadAsync(request), context.RequestAborted);
        }

        var error = await new StreamedResponse(invocation.Client.Response).CopyAsync(request.BodyReader, context.RequestAborted);
        return error ?? (request.CheckTrailersAvailable() && request.GetTrailer(ErrorType) is { Count: > 0 } type ? type.ToString() : null);
    }

    private async Task ErrorAsync(HttpContext context, string id)
    {
        var error = JsonNode.Parse(await ReadAsync(context.Request));
        await AnswerAsync(context, 202, errorType: null);
        Find(id)?.TryComplete(new InvocationOutcome(context.Request.Headers[ErrorType].ToString(), (string?)error?["errorMessage"]));
    }

    private async Task InitErrorAsync(HttpContext context)
    {
        var error = JsonNode.Parse(await ReadAsync(context.Request));
        await AnswerAsync(context, 202, errorType: null);
        _asked.TrySetException(new LocalException($"The function does not start: {(string?)error?["errorMessage"]}"));
    }

    // A client's own is passed on; without one Lambda makes one up.
    private static string TraceIdOf(PendingInvocation invocation) =>
        invocation.Client.Request.Headers["X-Amzn-Trace-Id"] is [{ Length: > 0 } own] ? own
            : $"Root=1-{invocation.Deadline.ToUnixTimeSeconds():x8}-{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..24]};Sampled=0";

    private PendingInvocation? Find(string id) => _current?.RequestId == id ? _current : null;

    private static Task AnswerAsync(HttpContext context, int status, string? errorType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(errorType is null ? """{"status":"OK"}""" : new JsonObject { ["errorType"] = errorType }.ToJsonString());
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
