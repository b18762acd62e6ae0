using LambdaChat.FunctionalTests.Page;
using LambdaChat.FunctionalTests.Stored;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Frontends;

/// <summary>The pages of the documentation that resume, in a browser, with a function that stores replies.</summary>
public sealed class FrontendResumeTests(FunctionFixture function, StoredFunction stored, PageFixture browser, FrontendSite site)
    : IClassFixture<StoredFunction>
{
    private const string Text = "t0 t1 t2 t3 t4 t5";

    private readonly string _gate = Guid.NewGuid().ToString();

    [Theory]
    [InlineData("use-chat")]
    [InlineData("assistant-ui")]
    [InlineData("assistant-ui-agent")]
    [InlineData("ag-ui")]
    public async Task Page_ReloadedDuringTheReplyAndAfterIt_ShowsItOnce(string name)
    {
        await using var page = await BeginAsync(name);

        await page.Page.ReloadAsync();
        await ExpectAsync(page, _gate); // The question.
        await ExpectAsync(page, "t0");
        function.Emulator.Gates.Open(_gate, 100);

        await ExpectAsync(page, Text);
        await page.Page.ReloadAsync();
        await ExpectAsync(page, _gate);
        await ExpectAsync(page, Text);
        Assert.Equal(2, (await page.Page.Locator("body").InnerTextAsync()).Split(Text).Length);
        Assert.Empty(page.Problems);
    }

    [Theory]
    [InlineData("use-chat")]
    [InlineData("assistant-ui")]
    [InlineData("assistant-ui-agent")]
    [InlineData("ag-ui")]
    public async Task Page_Stopped_EndsTheCallOfTheModel(string name)
    {
        await using var page = await BeginAsync(name);

        await page.Button("Stop").ClickAsync();

        var call = function.Emulator.Calls.Last(call => call.Body.ToJsonString().Contains(_gate, StringComparison.Ordinal));
        Assert.False(await call.Ended);
        await page.Page.ReloadAsync();
        await ExpectAsync(page, _gate);
        await ExpectAsync(page, "t0"); // What the page had.
        Assert.Empty(page.Problems);
    }

    // Asks, and waits for the beginning of the reply.
    private async Task<ChatPage> BeginAsync(string name)
    {
        await browser.ReadyAsync();
        var page = await browser.OpenAsync(await site.AddressOfAsync(name, stored.Process.Url, FunctionFixture.Model));
        await page.Page.Locator("[name=text]").FillAsync($$"""{"stand_in":{"tokens":6,"gate":"{{_gate}}"} }""");
        await page.Button("Send").ClickAsync();
        function.Emulator.Gates.Open(_gate, 3);
        await ExpectAsync(page, "t0");
        return page;
    }

    private static Task ExpectAsync(ChatPage page, string text) => Expect(page.Page.Locator("body")).ToContainTextAsync(text);
}
