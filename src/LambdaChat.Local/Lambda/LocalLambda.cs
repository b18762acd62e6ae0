using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda.Events;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The Lambda emulator: on a local port, a function URL with <c>InvokeMode: RESPONSE_STREAM</c>, or a streaming REST API, and the execution
/// environments. Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
/// </summary>
internal sealed class LocalLambda : IAsyncDisposable
{
    private const int MaximumPayload = 6 * 1024 * 1024;

    private readonly WebApplication _app;
    private readonly LambdaOptions _options;

    private LocalLambda(LambdaOptions options)
    {
        _options = options;
        Environments = new EnvironmentPool(options);
        _app = LoopbackServer.Create(options.Address, options.Port);
        _app.Run(options.LogsErrors ? HandleAndLogAsync : HandleAsync);
    }

    public EnvironmentPool Environments { get; }

    public Uri Url => _app.UrlToCall();

    public static async Task<LocalLambda> StartAsync(LambdaOptions options)
    {
        var lambda = new LocalLambda(options);
        await lambda._app.ListenAsync(options.Address, options.Port);
        return lambda;
    }

    /// <summary>Starts an environment before the first request, so that a start failure is reported now.</summary>
    /// <exception cref="LocalException">The function fails to start.</exception>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        if (await Environments.AcquireAsync(cancellationToken) is { } environment)
        {
            await Environments.ReleaseAsync(environment);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Environments.DisposeAsync();
        await _app.StopNowAsync();
    }

    private async Task HandleAndLogAsync(HttpContext context)
    {
        var line = new ErrorLine();
        context.Features.Set(line);
        await HandleAsync(context);
        if (line.Format(context, DateTimeOffset.UtcNow) is { } text)
        {
            _options.Log(text);
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var payload = WriteEvent(context.Request, body.ToArray(), Guid.NewGuid().ToString(), DateTimeOffset.UtcNow);
        if (payload.Length > MaximumPayload)
        {
            await FailAsync(context, 413, "Request must be smaller than 6291456 bytes for the InvokeFunction operation");
            return;
        }

        ExecutionEnvironment? environment;
        try
        {
            environment = await Environments.AcquireAsync(CancellationToken.None);
        }
        catch (LocalException exception)
        {
            _options.Log(exception.Message);
            await FailAsync(context, 502, "Internal Server Error");
            return;
        }

        if (environment is null)
        {
            await FailAsync(context, 429, "Rate Exceeded.");
            return;
        }

        // The time limit of an invocation does not include the start of its environment.
        await InvokeAsync(context, environment, new PendingInvocation(context, payload, DateTimeOffset.UtcNow + _options.Timeout));
    }

    private async Task InvokeAsync(HttpContext context, ExecutionEnvironment environment, PendingInvocation invocation)
    {
        InvocationOutcome outcome;
        try
        {
            outcome = await environment.InvokeAsync(invocation);
        }
        catch
        {
            await Environments.ReleaseAsync(environment);
            throw;
        }

        var release = Environments.ReleaseAsync(environment, environment.WaitUntilIdleAsync(invocation));
        foreach (var line in invocation.Report)
        {
            _options.Log(line); // Whoever reads it can send the next request, which waits for this environment.
        }

        await EndAsync(context, outcome);
        await TimedWait.FirstAsync([release], _options.IdleGrace);
    }

    // As on Lambda, the client does not wait for the work that follows the response.
    private async Task EndAsync(HttpContext context, InvocationOutcome outcome)
    {
        if (outcome is { ErrorType: not null, HasStarted: true })
        {
            context.Abort(); // AWS does not document this case. A client cannot mistake an aborted response for a complete one.
            return;
        }

        if (outcome.ErrorType is not null)
        {
            await FailAsync(context, 502, "Internal Server Error");
        }

        await context.Response.CompleteAsync();
    }

    private byte[] WriteEvent(HttpRequest request, byte[] body, string id, DateTimeOffset time) => _options.EventFormat == EventFormat.Rest
        ? RestApiEvent.Write(request, body, id, time, _options.UserArn)
        : FunctionUrlEvent.Write(request, body, id, time, _options.UserArn);

    private Task FailAsync(HttpContext context, int status, string message)
    {
        var member = _options.EventFormat == EventFormat.Rest ? "message" : "Message"; // The spelling depends on the service.
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"{{member}}":"{{message}}"}""");
    }
}
