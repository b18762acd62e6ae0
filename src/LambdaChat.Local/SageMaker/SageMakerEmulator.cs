using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// SageMaker's runtime on a loopback port: the real wire protocol, signatures included, in front of a scripted or a real model server.
/// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Runtime.html
/// </summary>
internal sealed class SageMakerEmulator : IAsyncDisposable
{
    private const int MaximumLength = 6_291_456;

    private readonly WebApplication _app;
    private readonly IModelServer _server;
    private readonly SignatureCheck _signatures;
    private readonly BearerTokenCheck _tokens;
    private readonly int _pace;
    private readonly bool _keepsCalls;
    private readonly ConcurrentQueue<EmulatorCall> _calls = new();
    private readonly ConcurrentDictionary<string, int> _faults = new(); // How many calls have failed, by their user.

    private SageMakerEmulator(EmulatorOptions options, IModelServer server)
    {
        _app = LoopbackServer.Create(options.Address, options.Port);
        _server = server;
        _signatures = new SignatureCheck(options.Credentials, TimeProvider.System);
        _tokens = new BearerTokenCheck(options.Credentials, TimeProvider.System);
        _pace = options.Pace;
        _keepsCalls = options.KeepsCalls;
        Map("invocations", InvocationRoute.InOnePiece);
        Map("invocations-response-stream", InvocationRoute.EventStream);
        Map("openai/v1/chat/completions", InvocationRoute.OpenAI);
        Map("inference-components/{component}/openai/v1/chat/completions", InvocationRoute.OpenAI);
        _app.MapPost("/_gates/{gate}", (string gate) => Gates.Open(gate));
    }

    public EventGates Gates { get; } = new();

    /// <summary>All calls so far whose signature or token was good, oldest first.</summary>
    public IReadOnlyCollection<EmulatorCall> Calls => _calls;

    public Uri Address => _app.UrlToCall();

    public string Description => _server.Description;

    public static async Task<SageMakerEmulator> StartAsync(EmulatorOptions options, IModelServer server)
    {
        var emulator = new SageMakerEmulator(options, server);
        await emulator._app.ListenAsync(options.Address, options.Port);
        return emulator;
    }

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private void Map(string path, InvocationRoute route) => _app.MapPost($"/endpoints/{{endpoint}}/{path}", context => AnswerAsync(context, route));

    private async Task AnswerAsync(HttpContext context, InvocationRoute route)
    {
        var body = await ReadBodyAsync(context.Request);
        if (Check(context.Request, body, route) is { } error)
        {
            await error.WriteAsync(context.Response);
        }
        else
        {
            await ReadAndReplyAsync(context, body, route);
        }
    }

    private async Task ReadAndReplyAsync(HttpContext context, byte[] body, InvocationRoute route)
    {
        EmulatorRequest request;
        try
        {
            request = EmulatorRequest.Parse(body);
        }
        catch (RefusedRequestException exception)
        {
            await RefuseAsync(context.Response, ContainerReply.Refuse(exception.Message), route, context.RequestAborted);
            return;
        }

        await ReplyAsync(context, request, route);
    }

    private AwsError? Check(HttpRequest request, byte[] body, InvocationRoute route)
    {
        if (body.Length > MaximumLength)
        {
            return new AwsError(413, "ValidationError", $"The request has more than {MaximumLength} bytes.");
        }

        return route.IsOpenAI ? _tokens.Check(request) : _signatures.Check(request, body);
    }

    private async Task ReplyAsync(HttpContext context, EmulatorRequest request, InvocationRoute route)
    {
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new EmulatorCall(context.Request.Path, headers, request.Root.DeepClone().AsObject());
        if (_keepsCalls)
        {
            _calls.Enqueue(call);
        }

        if (request.Fault is { } fault && !IsMeant(fault, call))
        {
            request.ClearFault();
        }

        var isWhole = false;
        try
        {
            await ReplyAsync(context.Response, request, route, context.RequestAborted);
            isWhole = !context.RequestAborted.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone, or a fault has cut it off.
        }
        finally
        {
            call.End(isWhole);
        }
    }

    private bool IsMeant(Fault fault, EmulatorCall call) =>
        (fault.Endpoint is null || call.Path.StartsWith($"/endpoints/{fault.Endpoint}/", StringComparison.Ordinal))
        && (fault.Times is not { } times || _faults.AddOrUpdate((string?)call.Body["user"] ?? "", 1, (_, count) => count + 1) <= times);

    private async Task ReplyAsync(HttpResponse response, EmulatorRequest request, InvocationRoute route, CancellationToken cancellationToken)
    {
        if (request.Fault?.Answer is { } answer)
        {
            response.Headers.RetryAfter = request.Fault.RetryAfter?.ToString(CultureInfo.InvariantCulture);
            await answer.WriteAsync(response);
            return;
        }

        var reply = await AskContainerAsync(request, route, cancellationToken);
        if (reply.Status >= 400)
        {
            await RefuseAsync(response, reply, route, cancellationToken);
            return;
        }

        response.Headers["x-Amzn-Invoked-Production-Variant"] = "AllTraffic";
        if (route.Framing is null)
        {
            response.ContentType = reply.ContentType;
            await response.WriteAsync(await ReadAllAsync(reply, cancellationToken), cancellationToken);
            return;
        }

        if (!route.IsOpenAI)
        {
            response.Headers["X-Amzn-SageMaker-Content-Type"] = reply.ContentType;
        }

        await new SseReply(response, request, route.Framing(reply), Gates, _pace).SendAsync(reply, cancellationToken);
    }

    // The path of the OpenAI route leads to chat; on the others the body decides.
    private async Task<ContainerReply> AskContainerAsync(EmulatorRequest request, InvocationRoute route, CancellationToken cancellationToken) =>
        request.Fault?.Refusal ?? (route.IsOpenAI && request.Kind is not BodyKind.Chat
            ? ContainerReply.Refuse("messages: Field required")
            : await _server.ReplyAsync(request, cancellationToken));

    // SageMaker wraps what the container says; its OpenAI route passes it on.
    private static async Task RefuseAsync(HttpResponse response, ContainerReply reply, InvocationRoute route, CancellationToken cancellationToken)
    {
        var body = await ReadAllAsync(reply, cancellationToken);
        if (!route.IsOpenAI)
        {
            await AwsError.OfContainer(reply.Status, body).WriteAsync(response);
            return;
        }

        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        await response.WriteAsync(body, cancellationToken);
    }

    private static async Task<string> ReadAllAsync(ContainerReply reply, CancellationToken cancellationToken)
    {
        var text = new List<byte>();
        await foreach (var write in reply.Writes.WithCancellation(cancellationToken))
        {
            text.AddRange(write);
        }

        return Encoding.UTF8.GetString([.. text]);
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
