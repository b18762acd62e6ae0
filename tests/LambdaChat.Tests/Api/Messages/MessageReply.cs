using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Messages.Replies;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>The message that clients of the Messages API receive for the chunks of a reply, streaming and non-streaming.</summary>
internal static class MessageReply
{
    /// <summary>The id of a tool call that the conversation has before the reply.</summary>
    public const string EarlierCall = "earlier";

    /// <summary>Writes a reply as events.</summary>
    public static async Task<string> StreamAsync(
        IEnumerable<string> chunks, ReplyFailure? failure = null, TokenUsage? usage = null, params string[] stopSequences)
    {
        using var body = new MemoryStream();
        var reply = new MessagesStream(CreateResponse(body), CreateHead(), stopSequences);
        await WriteAsync(reply, chunks, failure, usage);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    /// <summary>Writes a reply as one document, and gives its status.</summary>
    public static async Task<(int Status, JsonObject Body)> WholeAsync(
        IEnumerable<string> chunks, ReplyFailure? failure = null, TokenUsage? usage = null, params string[] stopSequences)
    {
        using var body = new MemoryStream();
        var response = CreateResponse(body);
        var reply = new WholeMessage(response, CreateHead(), stopSequences, sendsHeartbeats: false);
        await WriteAsync(reply, chunks, failure, usage);
        return (response.StatusCode, JsonNode.Parse(body.ToArray(), documentOptions: new() { MaxDepth = 256 })!.AsObject());
    }

    /// <summary>Reads a complete reply in both forms, which must have the same content.</summary>
    public static async Task<(JsonObject Message, MessageReading Stream)> ReadAsync(
        IReadOnlyCollection<string> chunks, params string[] stopSequences)
    {
        var stream = MessageReading.Of(await StreamAsync(chunks, null, null, stopSequences));
        var (status, whole) = await WholeAsync(chunks, null, null, stopSequences);
        Assert.Equal(200, status);
        Assert.True(JsonNode.DeepEquals(stream.Message, whole), $"{stream.Message} differs from {whole}.");
        return (whole, stream);
    }

    private static MessageHead CreateHead() => new("msg_req-1", "r1", ToolCallIds.Of([EarlierCall]));

    private static HttpResponse CreateResponse(Stream body)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "req-1" };
        context.Request.Path = "/v1/messages";
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        return context.Response;
    }

    private static async Task WriteAsync(IReplyWriter reply, IEnumerable<string> chunks, ReplyFailure? failure, TokenUsage? usage)
    {
        foreach (var chunk in chunks)
        {
            var bytes = Encoding.UTF8.GetBytes(chunk);
            if (!reply.Write(bytes))
            {
                break;
            }

            Array.Fill(bytes, (byte)0xFF); // A reference that is kept shows.
        }

        await reply.EndAsync(new ReplyEnd(reply.Failure ?? failure, "\"id\""u8.ToArray(), usage));
    }
}
