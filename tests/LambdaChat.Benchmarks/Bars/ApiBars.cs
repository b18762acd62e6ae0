using System.Text;
using System.Text.Json;
using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.Messages.Replies;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Api.UiMessages.Replies;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The cost of an event in each chat API: a writer receives the chunks of a reply, and its output is discarded.</summary>
internal static class ApiBars
{
    private const string Times = "0.0 ×";
    private const string Bytes = "0 B";
    private const string Nanoseconds = "0 ns";
    private const int Tokens = 8192; // Of a reply.

    private static readonly byte[][] Chunks =
    [
        .. Enumerable.Range(0, Tokens).Select(i => Encoding.UTF8.GetBytes(
            $$"""
            {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"r1","choices":[{"index":0,"delta":{"content":" t{{i}}"},
            """ + "\"logprobs\":null,\"finish_reason\":null}]}")),
    ];

    private static readonly (string Name, Func<HttpResponse, IReplyWriter> Create)[] Apis =
    [
        ("Chat Completions", CreateChat), ("Messages", CreateMessages), ("Responses", CreateResponses),
        ("UI messages", CreateUiMessages), ("AG-UI", CreateAgUi),
    ];

    public static IReadOnlyList<Bar> Measure(int rounds)
    {
        var race = new Rounds(rounds);
        foreach (var (name, create) in Apis)
        {
            race.Add(name, () => Run(create, Tokens));
        }

        race.Run();
        return [.. Apis.SelectMany(api => Bars(api.Name, api.Create, race))];
    }

    private static IEnumerable<Bar> Bars(string name, Func<HttpResponse, IReplyWriter> create, Rounds race)
    {
        yield return new Bar($"an event of {name}, time", race.MedianSeconds(name) / Tokens * 1e9, Nanoseconds, 10_000,
            IsAtLeast: false, "5000 ns");
        if (name != Apis[0].Name)
        {
            yield return new Bar($"an event of {name}, times one of {Apis[0].Name}", race.Ratio(name, Apis[0].Name), Times, 3,
                IsAtLeast: false, "2 ×");
        }

        yield return new Bar($"an event of {name}, allocated", Allocated(create), Bytes, 0, IsAtLeast: false, "0 B");
    }

    // Without the costs that occur once per reply. The memory for the text of a response is that of earlier replies.
    private static double Allocated(Func<HttpResponse, IReplyWriter> create)
    {
        Run(create, Tokens);
        var half = Count(create, Tokens / 2);
        return (Count(create, Tokens) - half) / (Tokens / 2.0);
    }

    private static long Count(Func<HttpResponse, IReplyWriter> create, int tokens)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(create, tokens);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // One flush for each event, as in a stream at a model's pace.
    private static void Run(Func<HttpResponse, IReplyWriter> create, int tokens)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "1" };
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var writer = create(context.Response);
        for (var i = 0; i < tokens; i++)
        {
            if (!writer.Write(Chunks[i]) || !writer.FlushAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("The writer accepts no more.");
            }
        }

        (writer as IDisposable)?.Dispose();
    }

    private static SseReply CreateChat(HttpResponse response) => new(response, new OutputFormat("r1", OutputFormat.ChatChunk, "id", 1));

    private static MessagesStream CreateMessages(HttpResponse response) =>
        new(response, new MessageHead("msg_1", "r1", new ToolCallIds()), []);

    private static BlockStream CreateUiMessages(HttpResponse response) =>
        new(response, static output => new UiMessageEvents("msg_1", "r1", new ToolCallIds(), output));

    private static BlockStream CreateAgUi(HttpResponse response) => new(
        response, static output => new AgUiEvents("\"t\""u8.ToArray(), "\"r\""u8.ToArray(), "msg_1", "r1", new ToolCallIds(), output));

    private static ResponsesStream CreateResponses(HttpResponse response)
    {
        var json = RequestJson.TryParse("""{"input":"hi","stream":true}"""u8.ToArray())!;
        var request = new ResponsesRequest(json, JsonDocument.Parse(json.Body).RootElement, maximumItems: 1);
        var view = ResponseView.Create(request, new Model("r1", [], ""), "r1", isText: false, DateTimeOffset.UnixEpoch);
        return new ResponsesStream(response, view, new ResponseResource(view, static () => true), TimeSpan.FromSeconds(15));
    }
}
