using System.Text.Json;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;

namespace LambdaChat.Api.Responses;

/// <summary>
/// <c>POST /v1/responses</c>. Each request becomes a chat completion request, and the chunks of its reply become a response. Nothing is
/// stored. Source: https://platform.openai.com/docs/api-reference/responses/create
/// </summary>
internal sealed class ResponsesEndpoint(
    RequestReader requests, RequestLimits limits, RelayedCall relay, RelaySettings settings, TimeProvider timeProvider,
    UsageLimiter? limiter = null)
{
    public async Task CreateAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat);
        incoming.Body.Reserve(incoming.Json.Body.Length); // For the document.
        using var document = JsonDocument.Parse(incoming.Json.Body, RequestItem.Options);
        var model = incoming.Model;
        var request = new ResponsesRequest(incoming.Json, document.RootElement, limits.Messages);
        var form = ReasoningForms.Select(
            request.ReasoningForm, context.Request.Headers[ChatCompletionEndpoint.ReasoningHeader], model);
        var chat = new TranslatedChat(incoming, request.ToChat());
        var reply = CreateWriter(context, incoming, request, form);
        var call = chat.CreateCall($"resp_{context.TraceIdentifier}", timeProvider.GetUtcNow().ToUnixTimeSeconds(), request.IsStreamed,
            form == ReasoningForm.Hidden);
        await relay.RunAsync(context, call, chat.Reserve(context, limiter), reply);
    }

    /// <summary>404: no response is stored.</summary>
    public static Task RefuseStoredAsync(HttpContext context)
    {
        var id = Excerpt.Of(context.GetRouteValue("id") as string);
        return new OpenAIError(StatusCodes.Status404NotFound, "invalid_request_error", "response_not_found",
            $"Response with id '{id}' not found: responses are not stored here.").WriteAsync(context.Response);
    }

    private IReplyWriter CreateWriter(HttpContext context, IncomingRequest incoming, ResponsesRequest request, ReasoningForm form)
    {
        var ids = new ResponseIds();
        var resource = new ResponseResource(request, incoming.Model, incoming.ModelName, ids, timeProvider);
        return request.IsStreamed
            ? new ResponsesStream(context.Response, resource, settings.Heartbeat, CreateState)
            : new WholeResponse(context.Response, resource, CreateState(null), settings.WholeReplyHeartbeat);

        ResponseState CreateState(EventWriter? events)
        {
            var item = new ResponseItem(ids, request.Tools.Names, form == ReasoningForm.Text, request.WantsThinking);
            return new ResponseState(new ResponseOutput(item, events), request.WantsLogprobs);
        }
    }
}
