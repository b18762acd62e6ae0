using System.Text;
using System.Text.Json;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>Chunks with several tool calls, as Chat Completions sends them to clients.</summary>
public sealed class ToolCallSplitterTests
{
    private const string First = """{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":[{},{}]}"}}""";
    private const string Second = """{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}""";
    private const string Third = """{"index":2,"id":"c","type":"function","function":{"name":"h","arguments":"{}"}}""";

    [Fact]
    public async Task Calls_OfOneChunk_ComeOneByOne()
    {
        var events = await SendAsync($$$"""
            {"id":"i","x":1,"choices":[{"finish_reason":"tool_calls","index":0,"delta":{"role":"assistant","content":"t","tool_calls":[{{{First}}}, {{{Second}}},{{{Third}}}]},"logprobs":{"content":[]},"token_ids":[7]}],"usage":{"total_tokens":3},"model":"m"}
            """);

        Assert.Equal(
            [
                $$$"""{"id":"i","x":1,"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":"t","tool_calls":[{{{First}}}]},"logprobs":{"content":[]},"token_ids":[7]}],"usage":null,"model":"m"}""",
                $$$"""{"id":"i","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{{{Second}}}]},"finish_reason":null}],"usage":null}""",
                $$$"""{"id":"i","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{{{Third}}}]},"finish_reason":"tool_calls"}],"usage":{"total_tokens":3}}""",
            ],
            events);
    }

    [Fact]
    public async Task Chunk_WithManyCallsAndALargeMember_CopiesTheMemberOnce()
    {
        var calls = string.Join(',', Enumerable.Range(0, 1000).Select(static i => $$"""{"index":{{i}},"function":{"arguments":""} }"""));
        var (large, other) = (new string('p', 700_000), new string('q', 300_000));
        var events = await SendAsync(
            $$"""{"x":"{{large}}","choices":[{"index":0,"delta":{"tool_calls":[{{calls}}] },"y":"{{other}}"}]}""");

        Assert.Equal(1000, events.Count());
        Assert.InRange(events.Sum(static text => text.Length), 1_000_000, 1_200_000);
    }

    [Theory]
    [InlineData($$$"""{"choices":[{"index":0,"delta":{"tool_calls":[{{{First}}}]}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"\"tool_calls\":[{},{}]"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{}}],"tool_calls":[{},{}]}""")]
    public async Task Chunk_WithOneCallOrNone_StaysAsItIs(string chunk) => Assert.Equal([chunk], await SendAsync(chunk));

    [Fact]
    public async Task Chunk_OfARequestWithoutTools_IsNotDivided()
    {
        var chunk = $$$"""{"choices":[{"index":0,"delta":{"tool_calls":[{{{First}}},{{{Second}}}]}}]}""";

        Assert.Equal([chunk], await SendAsync(chunk, hasTools: false));
    }

    [Theory]
    [InlineData("", true)] // Of an older version.
    [InlineData(""","tools":true""", true)]
    [InlineData(""","tools":false""", false)]
    public void StoredRequest_SaysWhetherChunksAreDivided(string member, bool hasTools)
    {
        using var json = JsonDocument.Parse($$"""{"model":"m","id":"i","created":1,"errors":true{{member}}}""");

        var format = StoredChat.Read(json.RootElement);

        Assert.Equal(hasTools, format.HasTools);
        using var again = JsonDocument.Parse(StoredChat.Write(format));
        Assert.Equal(format, StoredChat.Read(again.RootElement));
    }

    private static async Task<IEnumerable<string>> SendAsync(string chunk, bool hasTools = true)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var format = new OutputFormat("r1", OutputFormat.ChatChunk, "id", 1) { HasTools = hasTools };
        var writer = new SseReply(context.Response, format);
        Assert.True(writer.Write(Encoding.UTF8.GetBytes(chunk.Trim())));
        await writer.EndAsync(new ReplyEnd(null, "\"id\""u8.ToArray(), Usage: null));
        return Encoding.UTF8.GetString(body.ToArray()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1]
            .Select(static text => text["data: ".Length..]);
    }
}
