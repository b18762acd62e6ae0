using LambdaChat.FunctionalTests.Frontends;

namespace LambdaChat.FunctionalTests.Routing;

/// <summary>The conversations of chat pages have the hint of their ids.</summary>
public sealed class PageRoutingTests(RoutingFixture fixture) : IClassFixture<RoutingFixture>
{
    private const string Hint = "X-Amzn-SageMaker-Prefix-Aware-Id";

    [Theory]
    [InlineData(FrontendCall.UiMessages, "id")]
    [InlineData(FrontendCall.AgUi, "threadId")]
    public async Task Chat_OfOneId_HasOneHint(string path, string member)
    {
        var first = await SendAsync(path, member, "a", "What is one?");
        var same = await SendAsync(path, member, "a", "What is two?");
        var other = await SendAsync(path, member, "b", "What is one?");

        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.Equal(first, same);
        Assert.NotEqual(first, other);
    }

    private async Task<string> SendAsync(string path, string member, string conversation, string text)
    {
        var marked = $"{text} {Guid.NewGuid()}";
        var request = FrontendCall.Request(path, marked, "PrefixAware");
        request[member] = conversation;
        Assert.Equal(200, (await FrontendCall.SendAsync(fixture.Client, path, request)).Status);
        return fixture.Emulator.Calls.Single(call => call.Body.ToJsonString().Contains(marked, StringComparison.Ordinal)).Headers[Hint];
    }
}
