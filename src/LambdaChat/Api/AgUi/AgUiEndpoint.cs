using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.AgUi;

/// <summary>
/// <c>POST /ag-ui</c> and <c>POST /ag-ui/{model}</c>: runs of AG-UI clients. Each request becomes a chat completion request.
/// Source: https://docs.ag-ui.com
/// </summary>
internal sealed class AgUiEndpoint(
    RequestReader requests, ConversationCall conversation, TimeProvider timeProvider, StoredRunEndpoints stored,
    UsageLimiter? limiter = null)
{
    // The name of a model can have several segments, so the last one is not a segment of the route.
    public Task HandleAsync(HttpContext context)
    {
        var path = context.GetRouteText("model");
        return path == "connect" || path.EndsWith("/connect", StringComparison.Ordinal)
            ? stored.ConnectAsync(context)
            : RunAsync(context, path);
    }

    private async Task RunAsync(HttpContext context, string model)
    {
        using var incoming = await requests.ReadAsync(
            context, ModelTasks.Chat, json => AgUiRequest.ModelName(json, model), "forwardedProps.model");
        using var document = incoming.ParseDocument();
        var request = new AgUiRequest(document.RootElement);
        var chat = new ChatCall(incoming, request.ToChat(), request.SystemLength) { Conversation = request.Thread };
        var id = $"msg_{context.TraceIdentifier}";
        var run = new StoredRun(new StoredBlocks(id, incoming.ModelName, request.Ids.Used), request.ThreadId, request.RunId);
        var call = chat.CreateStream(id, timeProvider);
        var lease = chat.Reserve(context, limiter);
        var reply = run.CreateWriter(context.Response, request.MayBeOld);
        await conversation.RunAsync(
            context, call, lease, reply, StoredRunEndpoints.NameOf(request.Thread), () => run.Write(request.Messages));
    }
}
