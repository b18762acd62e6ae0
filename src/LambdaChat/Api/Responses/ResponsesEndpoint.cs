using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Hosting;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses;

/// <summary>
/// <c>POST /v1/responses</c> and <c>POST /v1/responses/input_tokens</c>. Each request becomes a chat completion request, and the chunks of
/// its reply become a response, which is stored if there is a store. Source:
/// https://platform.openai.com/docs/api-reference/responses/create
/// </summary>
internal sealed class ResponsesEndpoint(
    RequestReader requests, RequestLimits limits, RelayedCall relay, RelaySettings settings, TimeProvider timeProvider,
    StoredReplies replies, StoredCall stored, PreviousResponses previous, UsageLimiter? limiter = null)
{
    public async Task CreateAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat);
        using var document = incoming.ParseDocument();
        using var input = await previous.ReadAsync(context, incoming, document.RootElement);
        var request = new ResponsesRequest(incoming.Json, document.RootElement, limits.Messages, input.Items, input.References);
        if (request.IsBackground && !replies.IsAvailable)
        {
            throw new ErrorResponseException(StoredReplies.Off("background"));
        }

        var form = ReasoningForms.Select(
            request.ReasoningForm, context.Request.Headers[ChatCompletionEndpoint.ReasoningHeader], incoming.Model);
        var view = ResponseView.Create(
            request, incoming.Model, incoming.ModelName, form == ReasoningForm.Text, timeProvider.GetUtcNow());
        var maximum = incoming.Model.MaxEffort;
        var chat = new ChatCall(incoming, request.IsWarmUp ? request.ToCount(maximum) : request.ToChat(maximum), request.SystemLength)
        {
            InheritedHint = input.History?.Hint,
        };
        input.EndPlace();
        var lease = chat.Reserve(context, limiter);
        var call = request.IsWarmUp
            ? chat.CreateSingleCall(view.Ids.Response, view.Created)
            : chat.CreateCall(view.Ids.Response, view.Created, request.IsStreamed, form == ReasoningForm.Hidden);
        if (request.IsStored && replies.IsAvailable && lease?.Failure is null)
        {
            var producer = replies.Start(
                context, view.Ids.Response, StoredResponse.Write(view, input.Items, request.Input, input.References, chat.Hint));
            await RunStoredAsync(context, call, lease, request, view, producer);
        }
        else
        {
            await relay.RunAsync(context, call, lease, CreateWriter(context, request, view, producer: null));
        }
    }

    /// <summary>Counts the tokens of a request. Source: https://platform.openai.com/docs/api-reference/responses/input-tokens</summary>
    public async Task CountAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat);
        if (!incoming.Model.CountTokens)
        {
            throw new ErrorResponseException(TokenCount.NotCounted);
        }

        using var document = incoming.ParseDocument();
        using var input = await previous.ReadAsync(context, incoming, document.RootElement);
        var request = new ResponsesRequest(incoming.Json, document.RootElement, limits.Messages, input.Items, input.References);
        var chat = new ChatCall(incoming, request.ToCount(incoming.Model.MaxEffort), request.SystemLength)
        {
            InheritedHint = input.History?.Hint,
        };
        var call = chat.CreateSingleCall(context.TraceIdentifier, timeProvider.GetUtcNow().ToUnixTimeSeconds());
        var reply = new TokenCount(context.Response, "\"object\":\"response.input_tokens\",");
        input.EndPlace();
        await relay.RunAsync(context, call, chat.Reserve(context, limiter), reply);
    }

    private async Task RunStoredAsync(
        HttpContext context, RelayRequest call, UsageLease? lease, ResponsesRequest request, ResponseView view, ReplyProducer producer)
    {
        var writer = CreateWriter(context, request, view, producer);
        var isAllowed = !request.IsBackground || lease is null || await lease.WaitForDecisionAsync();
        if (request.IsBackground && isAllowed)
        {
            if (!await producer.Created.WaitAsync(context.RequestAborted))
            {
                await (producer.IsTooLarge ? StoredReplies.TooLarge : StoredReplies.Unavailable).WriteAsync(context.Response);
                return;
            }

            writer = await BeginAsync(context, view, writer);
        }

        await stored.RunAsync(context, call, lease, writer, producer, tellsStore: true);
    }

    // The client of a background response receives its id before the model is called. Without a stream, this is the whole HTTP response.
    // Kestrel then closes the connection, because on HTTP/1.1 it could serve the next request only after this one. Null if nothing more is
    // to be sent.
    private static async Task<IReplyWriter?> BeginAsync(HttpContext context, ResponseView view, IReplyWriter writer)
    {
        if (writer is ResponsesStream stream)
        {
            await stream.BeginAsync(CancellationToken.None);
            return writer;
        }

        var json = new ByteBuffer(1024);
        new ResponseResource(view, static () => true).WriteStart(json, "queued"u8);
        if (HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<IUnsentBodyFeature>() is null)
        {
            context.Response.Headers.Connection = "close";
        }

        await HttpJson.WriteUncachedAsync(context, json.Memory);
        await context.Response.CompleteAsync();
        return null;
    }

    private IReplyWriter CreateWriter(HttpContext context, ResponsesRequest request, ResponseView view, ReplyProducer? producer)
    {
        var resource = new ResponseResource(view, () => producer is { HasFailed: false });
        return request.IsStreamed
            ? new ResponsesStream(context.Response, view, resource, settings.Heartbeat) { IsStored = producer is not null }
            : new WholeResponse(context.Response, view, resource, settings.WholeReplyHeartbeat);
    }
}
