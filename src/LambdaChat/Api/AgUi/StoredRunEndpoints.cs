using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Relay;

namespace LambdaChat.Api.AgUi;

/// <summary>
/// <c>POST /ag-ui/connect</c> and <c>POST /ag-ui/{model}/connect</c>, which a client's <c>connect()</c> calls, and
/// <c>DELETE /ag-ui/{threadId}/stream</c>: the last run of a thread. Source: https://docs.ag-ui.com/sdk/js/client/abstract-agent
/// </summary>
internal sealed class StoredRunEndpoints(RequestReader requests, ConversationReplies conversations)
{
    /// <summary>The name of the last run of a thread; null for a thread without an id.</summary>
    public static string? NameOf(string thread) => thread.Length > 0 ? $"ag-ui {thread}" : null;

    /// <summary>
    /// Writes the messages of the thread and the events of its last run; an empty run if no run is stored, or if the client has later
    /// messages. Clients report any other response as an error. The model in the path is ignored.
    /// </summary>
    public async Task ConnectAsync(HttpContext context)
    {
        var connection = await ReadAsync(context);
        if (NameOf(connection.Thread) is not { } name
            || !await conversations.TryReplayAsync(context, name, stored => CreateWriter(context, stored, connection)))
        {
            var run = new StoredRun(new StoredBlocks("", "", []), connection.ThreadId, connection.RunId);
            var reply = run.CreateWriter(context.Response, connection.MayBeOld);
            reply.Start();
            await reply.EndAsync(new ReplyEnd(null, [], Usage: null));
        }
    }

    /// <summary>Stops the run if it is running. 204 in any case.</summary>
    public Task StopAsync(HttpContext context) => conversations.StopAsync(context, NameOf(context.GetRouteText("id"))!);

    private async Task<AgUiConnection> ReadAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context);
        using var document = incoming.ParseDocument();
        return new AgUiConnection(document.RootElement);
    }

    private static BlockStream? CreateWriter(HttpContext context, StoredReply stored, AgUiConnection connection)
    {
        var run = StoredRun.Read(stored.Request);
        return ThreadSnapshot.Write(StoredRun.MessagesOf(stored.Request), run.Blocks.Id, connection.Messages) is { } snapshot
            ? run.CreateWriter(context.Response, connection.MayBeOld, snapshot)
            : null;
    }
}
