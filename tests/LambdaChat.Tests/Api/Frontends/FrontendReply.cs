using System.Text;
using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.UiMessages.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>The events that a page receives for the chunks of a reply, in either protocol of user interfaces.</summary>
internal static class FrontendReply
{
    public const string UiMessages = "/api/chat";
    public const string AgUi = "/ag-ui";
    public const string AgUiForOldClients = "/ag-ui?old";

    public static TheoryData<string> Paths { get; } = [UiMessages, AgUi];

    /// <summary>Writes a reply, and reads it as the clients of the protocol do.</summary>
    /// <param name="history">The ids of tool calls that the conversation has already.</param>
    public static async Task<FrontendReading> ReadAsync(
        string path, IEnumerable<string> chunks, ReplyFailure? failure = null, params string[] history) =>
        Read(path, await StreamAsync(path, chunks, failure, history));

    public static FrontendReading Read(string path, string body) =>
        path == UiMessages ? UiMessageReading.Of(body) : AgUiReading.Of(body);

    /// <summary>Writes a reply as events.</summary>
    public static async Task<string> StreamAsync(
        string path, IEnumerable<string> chunks, ReplyFailure? failure = null, params string[] history)
    {
        using var body = new MemoryStream();
        var reply = Create(path, CreateResponse(path, body), history);
        foreach (var chunk in chunks)
        {
            var bytes = Encoding.UTF8.GetBytes(chunk);
            if (!reply.Write(bytes))
            {
                break;
            }

            Array.Fill(bytes, (byte)0xFF); // A reference that is kept shows.
            await reply.FlushAsync(CancellationToken.None);
        }

        await reply.EndAsync(new ReplyEnd(reply.Failure ?? failure, "\"id\""u8.ToArray(), Usage: null));
        return Encoding.UTF8.GetString(body.ToArray());
    }

    public static BlockStream Create(string path, HttpResponse response, params string[] history)
    {
        var ids = new ToolCallIds();
        foreach (var id in history)
        {
            ids.Take(id);
        }

        return new BlockStream(response, output => path == UiMessages
            ? new UiMessageEvents("msg_1", "r1", ids, output)
            : new AgUiEvents(
                "\"t1\""u8.ToArray(), "\"r1\""u8.ToArray(), "msg_1", "r1", ids, output, isForOldClients: path == AgUiForOldClients));
    }

    public static HttpResponse CreateResponse(string path, Stream body)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "req-1" };
        context.Request.Path = path;
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        return context.Response;
    }
}
