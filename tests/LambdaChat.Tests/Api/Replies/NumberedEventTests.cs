using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Hosting;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>
/// Streams whose events have ids. After an id, OpenAI's client for Python reads every blank line as the end of an event, and fails on an
/// event without data. Source: https://github.com/openai/openai-python/blob/main/src/openai/_streaming.py
/// </summary>
public sealed class NumberedEventTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Comment_OfAStreamWithIds_HasNoBlankLine(bool hasIds)
    {
        var (body, comments) = (new MemoryStream(), new Comments());
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        context.Features.Set<ICommentFeature>(comments);
        var writer = new SseReply(context.Response, new OutputFormat("r1", OutputFormat.ChatChunk, "id", 1), hasIds);

        await writer.SendHeartbeatAsync();
        for (var i = 0; i < 2; i++)
        {
            writer.Write("""{"choices":[{"index":0,"delta":{"content":"x"}}]}"""u8);
            await writer.SendHeartbeatAsync();
            writer.NoteContinuation(1, i);
        }

        await writer.EndAsync(new ReplyEnd(null, "\"id\""u8.ToArray(), Usage: null));

        var blocks = Encoding.UTF8.GetString(body.ToArray()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(hasIds ? 3 : 8, blocks.Length);
        Assert.Equal(hasIds, comments.HasEventIds);
        Assert.Equal(hasIds, blocks.All(static block => block.Contains("data: ", StringComparison.Ordinal)));
    }

    private sealed class Comments : ICommentFeature
    {
        public bool HasEventIds { get; set; }
    }
}
