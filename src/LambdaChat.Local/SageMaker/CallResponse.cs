using System.Globalization;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Responses;

namespace LambdaChat.Local.SageMaker;

/// <summary>Answers one call: calls the container and wraps its response as SageMaker does on the route.</summary>
internal sealed class CallResponse(HttpResponse response, CallRoute route, IModelServer server, EventGates gates, int pace)
{
    private const string Variant = "x-Amzn-Invoked-Production-Variant";

    private CancellationToken Aborted => response.HttpContext.RequestAborted;

    /// <summary>Sends the response. An exception that leaves this method comes before its first byte.</summary>
    /// <param name="cancellationToken">Ends the call of the container.</param>
    /// <exception cref="ContainerConnectionException">The container has not responded.</exception>
    public async Task SendAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        if (request.StandIn.Fault?.AwsError is { } error)
        {
            response.Headers.RetryAfter = request.StandIn.Fault.RetryAfter?.ToString(CultureInfo.InvariantCulture);
            await error.WriteAsync(response);
            return;
        }

        var reply = await CallContainerAsync(request, cancellationToken);
        if (reply.Status >= 400)
        {
            await SendErrorAsync(reply, cancellationToken);
            return;
        }

        if (route.Framing is null)
        {
            var body = await reply.ReadAllAsync(cancellationToken);
            response.Headers[Variant] = "AllTraffic";
            response.ContentType = reply.ContentType;
            await response.WriteAsync(body, Aborted);
            return;
        }

        response.Headers[Variant] = "AllTraffic";
        if (!route.IsOpenAI)
        {
            response.Headers["X-Amzn-SageMaker-Content-Type"] = reply.ContentType;
        }

        await new StreamedReply(response, request.StandIn, route.Framing(reply), gates, pace).SendAsync(reply, cancellationToken);
    }

    /// <summary>SageMaker wraps an error response of the container. Its OpenAI route returns it unchanged.</summary>
    public async Task SendErrorAsync(ContainerReply reply, CancellationToken cancellationToken)
    {
        var body = await reply.ReadAllAsync(cancellationToken);
        if (!route.IsOpenAI)
        {
            await AwsError.FromContainer(reply.Status, body).WriteAsync(response);
            return;
        }

        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        await response.WriteAsync(body, Aborted);
    }

    private Task<ContainerReply> CallContainerAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        if (request.StandIn.Fault?.ContainerError is { } error)
        {
            return Task.FromResult(ContainerReply.Whole(error.Status, "application/json", error.Body));
        }

        // The OpenAI route forwards to /v1/chat/completions; on the other routes the body selects the task.
        return route.IsOpenAI && request.Kind is not BodyKind.Chat
            ? Task.FromResult(ContainerReply.Refuse("messages: Field required"))
            : server.ReplyAsync(request, cancellationToken);
    }
}
