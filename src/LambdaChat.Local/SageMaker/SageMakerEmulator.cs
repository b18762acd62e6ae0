using System.Collections.Concurrent;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Responses;
using LambdaChat.Local.SageMaker.Routing;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// SageMaker's runtime on a local port: the real wire protocol with signatures, in front of a scripted or a real model server.
/// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Runtime.html
/// </summary>
internal sealed class SageMakerEmulator : IAsyncDisposable
{
    private const int MaximumLength = 6_291_456;
    private const string HintHeader = "X-Amzn-SageMaker-Prefix-Aware-Id";

    private readonly WebApplication _app;
    private readonly IModelServer _server;
    private readonly SignatureCheck _signatures;
    private readonly BearerTokenCheck _tokens;
    private readonly EmulatorOptions _options;
    private readonly ConcurrentQueue<EmulatorCall> _calls = new();
    private readonly ConcurrentDictionary<string, InstanceRouter?> _endpoints = new();
    private readonly ConcurrentDictionary<string, int> _failedCalls = new(); // The number of failed calls by the `user` of the request.

    private SageMakerEmulator(EmulatorOptions options, IModelServer server)
    {
        _app = LoopbackServer.Create(options.Address, options.Port);
        _server = server;
        _signatures = new SignatureCheck(options.Credentials, TimeProvider.System);
        _tokens = new BearerTokenCheck(options.Credentials, TimeProvider.System);
        _options = options;
        Map("invocations", CallRoute.InvokeEndpoint);
        Map("invocations-response-stream", CallRoute.InvokeEndpointWithResponseStream);
        Map("openai/v1/chat/completions", CallRoute.OpenAI);
        Map("inference-components/{component}/openai/v1/chat/completions", CallRoute.OpenAI);
        _app.MapPost("/_gates/{gate}", (string gate) => Gates.Open(gate));
    }

    public EventGates Gates { get; } = new();

    /// <summary>The calls with a valid signature or token, oldest first.</summary>
    public IReadOnlyCollection<EmulatorCall> Calls => _calls;

    /// <summary>The instances of an endpoint; null for one without a prefix cache.</summary>
    public InstanceRouter? InstancesOf(string endpoint) => _endpoints.GetOrAdd(
        endpoint, name => _options.Routing(name) is { } routing ? new InstanceRouter(routing) : null);

    public Uri Address => _app.UrlToCall();

    public string Description => _server.Description;

    public static async Task<SageMakerEmulator> StartAsync(EmulatorOptions options, IModelServer server)
    {
        var emulator = new SageMakerEmulator(options, server);
        await emulator._app.ListenAsync(options.Address, options.Port, "sagemaker-port");
        return emulator;
    }

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private void Map(string path, CallRoute route) =>
        _app.MapPost($"/endpoints/{{endpoint}}/{path}", context => HandleAsync(context, route));

    private async Task HandleAsync(HttpContext context, CallRoute route)
    {
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        var body = await ReadBodyAsync(context.Request);
        var response = new CallResponse(context.Response, route, _server, Gates, _options.Pace);
        if (Check(context.Request, body, route) is { } error)
        {
            await error.WriteAsync(context.Response);
            return;
        }

        EmulatorRequest request;
        try
        {
            request = EmulatorRequest.Parse(body);
        }
        catch (RefusedRequestException exception)
        {
            await response.SendErrorAsync(ContainerReply.Refuse(exception.Message), context.RequestAborted);
            return;
        }

        using var routed = Route(context.Request, body, request, route);
        request.Prompt = routed?.Prompt;
        await HandleAsync(context, body, request, response, route.TimeLimit);
    }

    private RoutedCall? Route(HttpRequest http, byte[] body, EmulatorRequest request, CallRoute route) =>
        InstancesOf((string)http.RouteValues["endpoint"]!) is not { } instances ? null
        : route.IsOpenAI
            ? instances.Route(PromptText.TextOfMessages(request), request.Root["prompt_cache_key"]?.ToString(), PromptText.Render(request))
            : instances.Route(body, http.Headers[HintHeader], PromptText.Render(request));

    private AwsError? Check(HttpRequest request, byte[] body, CallRoute route)
    {
        if (body.Length > MaximumLength)
        {
            return new AwsError(413, "ValidationError", $"The request has more than {MaximumLength} bytes.");
        }

        return route.IsOpenAI ? _tokens.Check(request) : _signatures.Check(request, body);
    }

    private async Task HandleAsync(HttpContext context, byte[] body, EmulatorRequest request, CallResponse response, TimeSpan limit)
    {
        var headers = context.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new EmulatorCall(context.Request.Path, headers, request.Root.DeepClone().AsObject())
        {
            RawBody = body,
            Prompt = request.Prompt,
        };
        if (_options.KeepsCalls)
        {
            _calls.Enqueue(call);
        }

        if (request.StandIn.Fault is { } fault && !IsSelected(fault, call))
        {
            request.StandIn.ClearFault();
        }

        var isWhole = false;
        try
        {
            await SendAsync(context, request, response, limit);
            isWhole = !context.RequestAborted.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected, or a fault has reset the connection.
        }
        finally
        {
            call.End(isWhole);
        }
    }

    private async Task SendAsync(HttpContext context, EmulatorRequest request, CallResponse response, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            await ComputePromptAsync(request.Prompt, either.Token);
            await response.SendAsync(request, either.Token);
        }
        catch (ContainerConnectionException)
        {
            await AwsErrors.NoResponse.WriteAsync(context.Response);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await AwsErrors.Timeout.WriteAsync(context.Response);
        }
    }

    private Task ComputePromptAsync(PromptUsage? prompt, CancellationToken cancellationToken) =>
        prompt?.ComputeTime > TimeSpan.Zero
            ? Task.Delay(prompt.ComputeTime, _options.TimeProvider, cancellationToken)
            : Task.CompletedTask;

    private bool IsSelected(Fault fault, EmulatorCall call) =>
        (fault.Endpoint is null || call.Path.StartsWith($"/endpoints/{fault.Endpoint}/", StringComparison.Ordinal))
        && (
            fault.Times is not { } times
                || _failedCalls.AddOrUpdate(fault.Id ?? (string?)call.Body["user"] ?? "", 1, (_, count) => count + 1) <= times);

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
