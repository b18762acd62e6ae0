using System.Globalization;
using System.Net;
using System.Text;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>Large replies that are held whole, in a process with little memory. It must survive, and serve other requests.</summary>
public sealed class ReplyMemoryTests : IAsyncLifetime
{
    private const string Heap = "9000000"; // 144 MiB, hexadecimal without a prefix, which the native package does not read.
    private const int Large = 2500; // Tokens of 1,600 bytes.
    private const int TooLarge = 6000;

    private SageMakerEmulator? _emulator;
    private KestrelFunction? _function;
    private HttpClient _client = new();

    [Fact]
    public async Task Replies_ThatAreHeldWhole_EndAsOverloadedBeforeTheProcessDoes()
    {
        var chats = Enumerable.Range(0, 12).Select(_ => PostAsync("v1/chat/completions", Chat(Large)));
        var embeddings = Enumerable.Range(0, 12).Select(_ => PostAsync("v1/embeddings", Embeddings(Large)));
        var large = Task.WhenAll([.. chats, .. embeddings]);
        var small = await PostAsync("v1/chat/completions", Chat(1));

        Assert.Equal(HttpStatusCode.OK, small.Status);
        Assert.All(await large, reply => Assert.True(IsWhole(reply) || IsOverloaded(reply), $"{reply.Status} {reply.Body.Length}"));
        Assert.Contains(await large, reply => reply.Status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("v1/chat/completions", Chat(Large))).Status);
    }

    [Fact]
    public async Task Reply_AboveAllMemoryForReplies_IsTooLongAndCounted()
    {
        var (status, body) = await PostAsync("v1/chat/completions", Chat(TooLarge));

        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("\"reply_too_long\"", body, StringComparison.Ordinal);
        var line = await _function!.Log.WaitForAsync("\"outcome\":\"reply_too_long\"");
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\"outputTokens\":{TooLarge}"), line, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        _emulator = await SageMakerEmulator.StartAsync(new EmulatorOptions { Pace = 0 }, new LargeReplyServer());
        var variables = new Dictionary<string, string>(FunctionFixture.Variables(_emulator.Address))
        {
            ["MODELS"] = """[{"name":"m","endpoint":"demo","tasks":["chat","embeddings"]}]""",
            ["DOTNET_GCHeapHardLimit"] = Heap,
        };
        _function = await KestrelFunction.StartAsync(_emulator.Address, variables);
        _client = FunctionFixture.CreateClient(_function.Url);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _function!.DisposeAsync();
        await _emulator!.DisposeAsync();
    }

    private static bool IsWhole((HttpStatusCode Status, string Body) reply) =>
        reply is { Status: HttpStatusCode.OK, Body: { Length: > 3_000_000 } body } && body.EndsWith('}');

    private static bool IsOverloaded((HttpStatusCode Status, string Body) reply) =>
        reply.Status == HttpStatusCode.ServiceUnavailable && reply.Body.Contains("\"server_overloaded\"", StringComparison.Ordinal);

    private static string Chat(int tokens) =>
        $$"""{"model":"m","max_tokens":{{tokens}},"logprobs":true,"top_logprobs":20,"messages":[{"role":"user","content":"hi"}]}""";

    private static string Embeddings(int tokens) => $$"""{"model":"m","dimensions":{{tokens}},"input":"x"}""";

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
