using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.AgUi;

/// <summary>
/// <c>POST /ag-ui</c> and <c>POST /ag-ui/{model}</c>: runs of AG-UI clients. Each request becomes a chat completion request.
/// Source: https://docs.ag-ui.com
/// </summary>
internal sealed class AgUiEndpoint(RequestReader requests, RelayedCall relay, TimeProvider timeProvider, UsageLimiter? limiter = null)
{
    public async Task RunAsync(HttpContext context)
    {
        var name = RouteText.Of(context, "model");
        using var incoming = await requests.ReadAsync(
            context, ModelTasks.Chat, json => name.Length == 0 ? AgUiRequest.ModelName(json) : name);
        using var document = incoming.ParseDocument();
        var request = new AgUiRequest(document.RootElement);
        var chat = new TranslatedChat(incoming, request.ToChat(), request.SystemLength) { Conversation = request.Thread };
        var id = $"msg_{context.TraceIdentifier}";
        var reply = new BlockStream(
            context.Response,
            output => new AgUiEvents(request.ThreadId, request.RunId, id, incoming.ModelName, request.Ids, output));
        await relay.RunAsync(context, chat.CreateStream(id, timeProvider), chat.Reserve(context, limiter), reply);
    }
}
