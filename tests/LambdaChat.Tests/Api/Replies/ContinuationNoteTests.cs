using System.Text;
using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.Messages.Replies;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.UiMessages.Replies;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>The comment in a stream that another call continues.</summary>
public sealed class ContinuationNoteTests
{
    private const string Comment = ": target 1 continues after event 2\n\n";

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("ui")]
    [InlineData("ag-ui")]
    public async Task Note_InAStartedStream_IsAComment(string api)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var writer = Create(api, context.Response);

        writer.NoteContinuation(1, 2);
        await writer.FlushAsync(CancellationToken.None);
        Assert.Equal(0, body.Length); // The reply may still fail with a status.

        writer.Write("""{"id":"a","choices":[{"index":0,"delta":{"role":"assistant","content":"x"},"finish_reason":null}]}"""u8);
        writer.NoteContinuation(1, 2);
        await writer.FlushAsync(CancellationToken.None);
        Assert.EndsWith(Comment, Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
    }

    private static IReplyWriter Create(string api, HttpResponse response) => api switch
    {
        "messages" => new MessagesStream(response, new MessageHead("msg_1", "r1", new ToolCallIds()), []),
        "ui" => new BlockStream(response, static output => new UiMessageEvents("msg_1", "r1", new ToolCallIds(), output)),
        "ag-ui" => new BlockStream(response, static output =>
            new AgUiEvents("\"t\""u8.ToArray(), "\"r\""u8.ToArray(), "msg_1", "r1", new ToolCallIds(), output)),
        _ => new SseReply(response, new OutputFormat("r1", OutputFormat.ChatChunk, "id", 1)),
    };
}
