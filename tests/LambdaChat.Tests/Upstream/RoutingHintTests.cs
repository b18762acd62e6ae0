using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using LambdaChat.Models;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Upstream;

/// <summary>The routing hint of a call on real sockets.</summary>
public sealed class RoutingHintTests : IDisposable
{
    private const string Text = "0000000000000abc0000000000000def"; // With the zeros at the start.

    private static readonly RoutingHint Hint = new(0xabc, 0xdef);
    private static readonly Target Target = new("e", InferenceComponent: null, Variant: null, "eu-west-1");

    private readonly ConcurrentBag<string> _requests = [];
    private readonly Loopback _server;
    private readonly HttpMessageInvoker _http = UpstreamConnections.CreateHttp();

    public RoutingHintTests() => _server = new Loopback(request =>
    {
        _requests.Add(request);
        return Loopback.Json("{}");
    });

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
    }

    [Theory]
    [InlineData(nameof(CallMode.Stream))]
    [InlineData(nameof(CallMode.Plain))]
    public async Task Call_WithAHint_HasItInAHeaderThatIsNotSigned(string mode)
    {
        await CallAsync(new EndpointCall(Enum.Parse<CallMode>(mode), ["{}"u8.ToArray()], []) { Hint = Hint });

        var request = Assert.Single(_requests);
        Assert.Equal([Text], HeadersOf(request));
        Assert.EndsWith("\r\n\r\n{}", request, StringComparison.Ordinal);
        Assert.Contains("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,", request,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithTheClientsOwnHeader_HasOnlyThisOne()
    {
        KeyValuePair<string, string> own = new(ForwardedHeader.PrefixAwareId, "mine");

        await CallAsync(new EndpointCall(CallMode.Stream, ["{}"u8.ToArray()], [own]) { Hint = Hint });

        Assert.Equal(["mine"], HeadersOf(Assert.Single(_requests)));
        Assert.Contains(";x-amzn-sagemaker-prefix-aware-id,", Assert.Single(_requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OnTheOpenAIRoute_HasTheHintInItsBody()
    {
        await CallAsync(new EndpointCall(CallMode.OpenAI, ["{\"messages\":[]"u8.ToArray(), ",\"a\":{}}"u8.ToArray()], []) { Hint = Hint });

        var body = $$"""{"messages":[],"a":{},"prompt_cache_key":"{{Text}}"}""";
        Assert.EndsWith("\r\n\r\n" + body, Assert.Single(_requests), StringComparison.Ordinal);
        Assert.Contains($"Content-Length: {body.Length}\r\n", Assert.Single(_requests), StringComparison.Ordinal);
        Assert.Empty(HeadersOf(Assert.Single(_requests)));
    }

    [Theory]
    [InlineData(nameof(CallMode.Stream))]
    [InlineData(nameof(CallMode.OpenAI))]
    public async Task Call_WithoutAHint_HasNone(string mode)
    {
        await CallAsync(new EndpointCall(Enum.Parse<CallMode>(mode), ["{}"u8.ToArray()], []));

        Assert.Empty(HeadersOf(Assert.Single(_requests)));
        Assert.EndsWith("\r\n\r\n{}", Assert.Single(_requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_AtTheSameTime_HaveTheirOwnHints()
    {
        RoutingHint[] hints = [.. Enumerable.Range(1, 200).Select(i => new RoutingHint((ulong)i << 40, 0))];

        await Parallel.ForEachAsync(hints, async (hint, _) => await CallAsync(
            new EndpointCall(CallMode.Plain, [Encoding.ASCII.GetBytes(hint.ToString())], []) { Hint = hint }));

        var sent = _requests.Select(request => (Header: HeadersOf(request).Single(), Body: request[^RoutingHint.Length..])).ToList();
        Assert.Equal(hints.Select(hint => hint.ToString()).Order(), sent.Select(call => call.Header).Order());
        Assert.DoesNotContain(sent, call => call.Header != call.Body);
    }

    [Fact]
    public void Encoding_OfAnotherThread_IsAnotherOne()
    {
        var written = new byte[RoutingHint.Length];
        var encoding = Select(Hint)!;
        var other = new Thread(() => Select(new RoutingHint(1, 2)));
        other.Start();
        other.Join();

        Assert.Equal(Text.Length, encoding.GetBytes(HintEncoding.Placeholder, written));
        Assert.Equal(Text, Encoding.ASCII.GetString(written));
        Assert.Null(Select(null));
    }

    [Fact]
    public void Parse_Text_IsTheHint()
    {
        Assert.Equal(Hint, RoutingHint.Parse(Hint.ToString()));
        Assert.Null(RoutingHint.Parse(null));
    }

    private static Encoding? Select(RoutingHint? hint) => HintEncoding.Select(ForwardedHeader.PrefixAwareId,
        new HttpRequestMessage { Content = new SplicedContent([]) { HeaderHint = hint } });

    private static IEnumerable<string> HeadersOf(string request) =>
        Regex.Matches(request, $"^{ForwardedHeader.PrefixAwareId}: (.*)\r$", RegexOptions.Multiline | RegexOptions.IgnoreCase)
            .Select(match => match.Groups[1].Value);

    private async Task CallAsync(EndpointCall call)
    {
        using var response = await LoopbackSageMaker.CreateClient(_http, _server.Address)
            .CallAsync(Target, call, TestContext.Current.CancellationToken);

        Assert.Null(response.Failure);
    }
}
