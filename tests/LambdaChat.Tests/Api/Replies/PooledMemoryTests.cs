using System.Text;
using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.Messages.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.UiMessages.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Tests.Api.Responses;
using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>
/// What a reply keeps is in memory of the pool, which is returned once, however the reply ends. While the pool reports this, it allocates
/// on all threads, so no test that counts allocations runs at the same time.
/// </summary>
[CollectionDefinition(DisableParallelization = true), Collection(typeof(PooledMemoryTests))]
public sealed class PooledMemoryTests
{
    private static readonly ResponseView View = ResponseReply.Create(
        """{"input":"hi","stream":true,"include":["message.output_text.logprobs","reasoning.encrypted_content"]}""");

    // The second call and the last text wait until the first call is complete.
    private static readonly string[] Chunks =
    [
        Delta("""{"reasoning_content":"thought"}"""),
        """
        {"choices":[{"index":0,"delta":{"content":"text"},"logprobs":{"content":[{"token":"text","logprob":-1,"top_logprobs":[]}]},
        """ + "\"finish_reason\":null}]}",
        Delta("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{"}}]}"""),
        Delta("""{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"f","arguments":"{"}}]}"""),
        Delta("""{"content":"more text"}"""),
    ];

    private static readonly string[] LastChunks =
    [
        Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}"""),
        Delta("""{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]}"""),
        """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
    ];

    private static readonly string[] Kinds =
    [
        """{"content":" word?"}""", """{"content":"\n"}""", """{"reasoning_content":" word?"}""",
        """{"tool_calls":[{"index":0,"function":{"arguments":" "}}]}""", """{"tool_calls":[{"index":1,"function":{"arguments":" "}}]}""",
    ];

    private static readonly Dictionary<string, Func<HttpResponse, IReplyWriter>> Writers = new()
    {
        ["responses"] = CreateResponses,
        ["responses, whole"] = CreateWholeResponse,
        ["messages"] = response => new MessagesStream(response, CreateHead(), []),
        ["messages, whole"] = response => new WholeMessage(response, CreateHead(), [], sendsHeartbeats: false),
        ["ui messages"] = response => new BlockStream(
            response, output => new UiMessageEvents("msg_1", "r1", new ToolCallIds(), output)),
        ["ag-ui"] = response => new BlockStream(
            response, output => new AgUiEvents("\"t\""u8.ToArray(), "\"r\""u8.ToArray(), "msg_1", "r1", new ToolCallIds(), output)),
    };

    public static TheoryData<string> Names => [.. Writers.Keys];

    public static TheoryData<string> Streams => [.. Writers.Keys.Where(name => !name.EndsWith("whole", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Names))]
    public void Reply_ThatIsComplete_ReturnsItsMemory(string name) => Run(name, [.. Chunks, .. LastChunks], writer => End(writer, null));

    [Theory, MemberData(nameof(Names))]
    public void Reply_ThatIsCut_ReturnsItsMemory(string name) => Run(name, Chunks, writer => End(writer, null));

    [Theory, MemberData(nameof(Names))]
    public void Reply_ThatFails_ReturnsItsMemory(string name) =>
        Run(name, Chunks, writer => End(writer, new ReplyFailure(FailureKind.StreamBroken)));

    [Theory, MemberData(nameof(Names))]
    public void Reply_ThatIsCancelled_ReturnsItsMemory(string name) =>
        Run(name, Chunks, writer => End(writer, new ReplyFailure(FailureKind.Cancelled)));

    /// <summary>An exception of a connection that broke: the end of the reply is not written.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Reply_WithoutAnEnd_ReturnsItsMemory(string name) => Run(name, Chunks, _ => { });

    [Theory, MemberData(nameof(Streams))]
    public void Reply_ThatWritesAfterItsReturn_RentsAgain(string name) => Run(name, Chunks, writer =>
    {
        ((IDisposable)writer).Dispose();
        ((IDisposable)writer).Dispose();
        Write(writer, Chunks);
    });

    /// <summary>The text grows into memory of earlier replies. Other tests may take some of that memory, so one run is enough.</summary>
    [Theory, MemberData(nameof(Streams))]
    public void Events_InSteadyState_AllocateNothing(string name)
    {
        foreach (var kind in Kinds)
        {
            string[] calls = kind.Contains("tool_calls", StringComparison.Ordinal) ? [Chunks[2], Chunks[3]] : [];
            var deltas = Enumerable.Range(0, 3000).Select(i => Delta(kind.Replace("?", $"{i}", StringComparison.Ordinal)));
            List<byte[]> chunks = [.. calls.Concat(deltas).Select(Encoding.UTF8.GetBytes)];
            Assert.Contains(0, Enumerable.Range(0, 50).Select(_ => Allocated(name, chunks)));
        }
    }

    private static long Allocated(string name, List<byte[]> chunks)
    {
        var response = new EndingResponse();
        var writer = Writers[name](response.Create());
        var before = 0L;
        for (var i = 0; i < chunks.Count; i++)
        {
            before = i == 10 ? GC.GetAllocatedBytesForCurrentThread() : before;
            writer.Write(chunks[i]);
            Assert.True(writer.FlushAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        response.End();
        return allocated;
    }

    private static void Run(string name, IEnumerable<string> chunks, Action<IReplyWriter> end)
    {
        using var pool = new PoolUse();
        var response = new EndingResponse();
        var writer = Writers[name](response.Create());
        Write(writer, chunks);
        var isUsed = pool.Rented > 0;
        end(writer);
        response.End();

        Assert.True(isUsed);
        Assert.Equal((0, 0), (pool.Rented, pool.Unknown));
    }

    private static void Write(IReplyWriter writer, IEnumerable<string> chunks)
    {
        foreach (var chunk in chunks)
        {
            Assert.True(writer.Write(Encoding.UTF8.GetBytes(chunk)));
            Assert.True(writer.FlushAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        }
    }

    private static void End(IReplyWriter writer, ReplyFailure? failure) =>
        Assert.True(writer.EndAsync(new ReplyEnd(failure, "\"id\""u8.ToArray(), Usage: null)).IsCompletedSuccessfully);

    private static string Delta(string delta) => $$"""{"choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}""";

    private static MessageHead CreateHead() =>
        new("msg_1", "r1", new ToolCallIds()) { Thinking = new MessageThinking(isOmitted: true) };

    private static ResponsesStream CreateResponses(HttpResponse response) =>
        new(response, View, new ResponseResource(View, () => false), TimeSpan.FromSeconds(15));

    private static WholeResponse CreateWholeResponse(HttpResponse response) =>
        new(response, View, new ResponseResource(View, () => false), sendsHeartbeats: false);

    // A response whose end the test decides.
    private sealed class EndingResponse : HttpResponseFeature
    {
        private readonly Stack<(Func<object, Task> Callback, object State)> _callbacks = [];
        private StreamResponseBodyFeature? _body;

        public HttpResponse Create()
        {
            _body = new StreamResponseBodyFeature(Stream.Null);
            var context = new DefaultHttpContext { TraceIdentifier = "1" };
            context.Features.Set<IHttpResponseFeature>(this);
            context.Features.Set<IHttpResponseBodyFeature>(_body);
            return context.Response;
        }

        public override void OnCompleted(Func<object, Task> callback, object state) => _callbacks.Push((callback, state));

        public void End()
        {
            while (_callbacks.TryPop(out var completed))
            {
                Assert.True(completed.Callback(completed.State).IsCompletedSuccessfully);
            }

            Assert.True(_body!.CompleteAsync().IsCompletedSuccessfully);
        }
    }
}
