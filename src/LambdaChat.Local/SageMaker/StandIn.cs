using System.Collections.Concurrent;
using System.Text;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// SageMaker's runtime on a loopback port: the real wire protocol, signatures included, in front of a scripted or a real model server.
/// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Runtime.html
/// </summary>
internal sealed class StandIn : IAsyncDisposable
{
    private const int MaximumLength = 6_291_456;

    private readonly WebApplication _app;
    private readonly IModelServer _server;
    private readonly SignatureCheck _signatures;
    private readonly int _pace;
    private readonly ConcurrentQueue<StandInCall> _calls = new();

    private StandIn(StandInOptions options, IModelServer server)
    {
        _app = LoopbackServer.Create(options.Address, options.Port);
        _server = server;
        _signatures = new SignatureCheck(options.Credentials, TimeProvider.System);
        _pace = options.Pace;
        _app.MapPost("/endpoints/{endpoint}/invocations", InvokeAsync);
        _app.MapPost("/endpoints/{endpoint}/invocations-response-stream", InvokeWithResponseStreamAsync);
        _app.MapPost("/endpoints/{endpoint}/openai/v1/chat/completions", InvokeOpenAIAsync);
        _app.MapPost("/_gates/{gate}", (string gate) => Gates.Open(gate));
    }

    public Gates Gates { get; } = new();

    /// <summary>All calls so far whose signature was good, oldest first.</summary>
    public IReadOnlyCollection<StandInCall> Calls => _calls;

    public Uri Address => new(_app.Urls.Single());

    public string Description => _server.Description;

    public static async Task<StandIn> StartAsync(StandInOptions options, IModelServer server)
    {
        var standIn = new StandIn(options, server);
        await standIn._app.StartOnPortAsync(options.Port);
        return standIn;
    }

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private Task InvokeWithResponseStreamAsync(HttpContext context) => AnswerAsync(context, static _ => new EventStreamFraming());

    private Task InvokeOpenAIAsync(HttpContext context) => AnswerAsync(context, static reply => new PlainFraming(reply.ContentType));

    // The plain invocation: the container's answer in one piece, whatever was asked for.
    private Task InvokeAsync(HttpContext context) => AnswerAsync(context, framing: null);

    private async Task AnswerAsync(HttpContext context, Func<ContainerReply, IPayloadFraming>? framing)
    {
        var body = await ReadBodyAsync(context.Request);
        var error = body.Length > MaximumLength
            ? new AwsError(413, "ValidationError", $"The request has more than {MaximumLength} bytes.")
            : _signatures.Check(context.Request, body);
        if (error is null && StandInRequest.Parse(body) is { } request)
        {
            await ReplyAsync(context, request, framing);
            return;
        }

        error ??= AwsError.OfContainer(400, """{"error":{"message":"Invalid JSON.","type":"BadRequestError","param":null,"code":400}}""");
        await error.WriteAsync(context.Response);
    }

    private async Task ReplyAsync(HttpContext context, StandInRequest request, Func<ContainerReply, IPayloadFraming>? framing)
    {
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new StandInCall(context.Request.Path, headers, request.Root.DeepClone().AsObject());
        _calls.Enqueue(call);
        var isWhole = false;
        try
        {
            await ReplyAsync(context, request, framing, context.RequestAborted);
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

    private async Task ReplyAsync(
        HttpContext context, StandInRequest request, Func<ContainerReply, IPayloadFraming>? framing, CancellationToken cancellationToken)
    {
        if (request.Fault?.Answer is { } answer)
        {
            await answer.WriteAsync(context.Response);
            return;
        }

        var reply = await _server.ReplyAsync(request, cancellationToken);
        if (reply.Status >= 400)
        {
            await AwsError.OfContainer(reply.Status, await ReadAllAsync(reply, cancellationToken)).WriteAsync(context.Response);
            return;
        }

        context.Response.Headers["x-Amzn-Invoked-Production-Variant"] = "AllTraffic";
        if (framing is null)
        {
            context.Response.ContentType = reply.ContentType;
            await context.Response.WriteAsync(await ReadAllAsync(reply, cancellationToken), cancellationToken);
            return;
        }

        context.Response.Headers["X-Amzn-SageMaker-Content-Type"] = reply.ContentType;
        await new StreamedReply(context.Response, request, framing(reply), Gates, _pace).SendAsync(reply, cancellationToken);
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
