using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>The response that clients of the Responses API receive for the chunks of a reply, streaming and non-streaming.</summary>
internal static class ResponseReply
{
    private static readonly FakeTimeProvider Time = new();

    public const string Request = """{"input":"hi"}""";

    /// <summary>Writes a reply as events.</summary>
    public static async Task<string> StreamAsync(
        IEnumerable<string> chunks, ReplyFailure? failure = null, string request = Request, bool isText = false)
    {
        using var body = new MemoryStream();
        var reply = CreateStream(CreateResponse(body), request, isText);
        await WriteAsync(reply, chunks, failure);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    /// <summary>Writes a reply as one document, and gives its status.</summary>
    public static async Task<(int Status, JsonObject Body)> WholeAsync(
        IEnumerable<string> chunks, ReplyFailure? failure = null, string request = Request, bool isText = false)
    {
        using var body = new MemoryStream();
        var response = CreateResponse(body);
        var reply = CreateWhole(response, request, isText);
        await WriteAsync(reply, chunks, failure);
        return (response.StatusCode, JsonNode.Parse(body.ToArray())!.AsObject());
    }

    /// <summary>Reads a complete reply in both forms, which must have the same content except for their ids.</summary>
    public static async Task<(JsonObject Response, ResponseReading Stream)> ReadAsync(
        IReadOnlyCollection<string> chunks, string request = Request, bool isText = false)
    {
        var stream = ResponseReading.Of(await StreamAsync(chunks, null, request, isText));
        var (status, whole) = await WholeAsync(chunks, null, request, isText);
        Assert.Equal(200, status);
        Assert.Equal(WithoutIds(stream.Response), WithoutIds(whole));
        return (whole, stream);
    }

    /// <param name="after">The number of the last event that the client has of a stored response; -1 for a new one.</param>
    public static ResponsesStream CreateStream(HttpResponse response, string request = Request, bool isText = false, long after = -1)
    {
        var view = Create(request, isText);
        return new ResponsesStream(response, view, new ResponseResource(view, () => false), TimeSpan.FromSeconds(15), after)
        {
            IsStored = after >= 0,
        };
    }

    public static WholeResponse CreateWhole(HttpResponse response, string request = Request, bool isText = false)
    {
        var view = Create(request, isText);
        return new WholeResponse(response, view, new ResponseResource(view, () => false), sendsHeartbeats: false);
    }

    public static ResponsesRequest Parse(string request)
    {
        var json = RequestJson.TryParse(Encoding.UTF8.GetBytes(request))!;
        return new ResponsesRequest(json, JsonDocument.Parse(json.Body).RootElement, maximumItems: 1000);
    }

    public static HttpResponse CreateResponse(Stream body)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "req-1" };
        context.Request.Path = "/v1/responses";
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        return context.Response;
    }

    public static ResponseView Create(string request, bool isText = false) => ResponseView.Create(
        Parse(request), new Model("m", [], ""), "m", isText, Time.GetUtcNow());

    private static string WithoutIds(JsonObject response)
    {
        var copy = response.DeepClone().AsObject();
        copy.Remove("id");
        copy["output"]!.AsArray().ToList().ForEach(item => item!.AsObject().Remove("id"));
        return copy.ToJsonString();
    }

    private static async Task WriteAsync(IReplyWriter reply, IEnumerable<string> chunks, ReplyFailure? failure)
    {
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

        await reply.EndAsync(new ReplyEnd(reply.Failure ?? failure, "\"id\""u8.ToArray(), Usage: null) { EndedAt = Time.GetUtcNow() });
    }
}
