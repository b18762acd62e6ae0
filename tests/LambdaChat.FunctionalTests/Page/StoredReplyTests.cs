using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Stored;
using LambdaChat.FunctionalTests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The page of a function that stores replies. They continue after lost connections and a reload, and in a second tab.</summary>
public sealed class StoredReplyTests(PageFixture fixture) : StoredPageTests(fixture)
{
    private const string Thinking = "Hm, one. Hm, two.";
    private const string Text = "First second third fourth fifth sixth seventh eighth.";

    private const string IsMarked = """
        async () => {
          const { openStore } = await import("/assets/store.js");
          const [chat] = await (await openStore()).chats();
          return chat.isRunning === true;
        }
        """;

    [Theory]
    [InlineData(2)] // In the thinking.
    [InlineData(9)] // In the answer.
    public async Task Network_LostAndFound_ContinuesTheMessage(int events)
    {
        await using var proxy = new BreakableProxy(Url);
        await using var page = await BeginAsync(events, proxy.Url);

        proxy.Break();
        await Expect(page.Page.GetByText("Reconnecting")).ToBeVisibleAsync();
        Fixture.Emulator.Gates.Open(Gate, 100);
        proxy.Repair();

        await ExpectWholeAsync(page);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public async Task Page_Reloaded_ContinuesTheMessage(int events)
    {
        await using var page = await BeginAsync(events);

        await page.Page.ReloadAsync();
        Fixture.Emulator.Gates.Open(Gate, 100);

        await ExpectWholeAsync(page);
        await page.Page.ReloadAsync();
        await Expect(page.Answer).ToHaveTextAsync(Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tab_OpenedDuringTheReply_ShowsIt(bool endsMeanwhile)
    {
        await using var page = await BeginAsync(9);
        await page.Page.EvaluateAsync("() => ['pagehide', 'pageshow'].forEach((name) => dispatchEvent(new Event(name)))"); // Saves the text.

        var second = new ChatPage(await page.Page.Context.NewPageAsync());
        var isEnded = new TaskCompletionSource();
        await second.Page.RouteAsync("**/v1/models", async route =>
        {
            await (endsMeanwhile ? isEnded.Task : Task.CompletedTask);
            await route.ContinueAsync();
        });
        await second.GoToAsync(page.Page.Url.Replace("#", $"#key={FunctionFixture.Key}&", StringComparison.Ordinal));
        await Expect(second.Answer).ToContainTextAsync("First");
        Fixture.Emulator.Gates.Open(Gate, 100);

        await ExpectWholeAsync(page);
        isEnded.SetResult();
        await ExpectWholeAsync(second);
    }

    [Fact]
    public async Task Tab_OpenWhenTheReplyBegins_ShowsIt()
    {
        await using var page = await Fixture.OpenAsync($"{Url}#key={FunctionFixture.Key}");
        await page.SayAsync("One.");
        await page.AskAsync("Begin");
        var second = await page.OpenTabAsync();
        await Expect(second.Answer).ToHaveTextAsync("One.");

        await CountAsync(page, 9);

        await Expect(second.Answer).ToContainTextAsync("First");
        await Expect(second.Button("Stop")).ToBeVisibleAsync();
        Fixture.Emulator.Gates.Open(Gate, 100);
        await ExpectWholeAsync(page);
        await ExpectWholeAsync(second);
    }

    [Fact]
    public async Task Chat_ChangedInAnotherTabAfterItsReply_IsNotMarkedAsRunning()
    {
        await using var page = await BeginAsync(9);
        var second = await page.OpenTabAsync();
        await Expect(second.Messages.First).ToContainTextAsync("Count");
        Fixture.Emulator.Gates.Open(Gate, 100);
        await Expect(second.Answer).ToHaveTextAsync(Text);
        await second.Stats.WaitForAsync();
        await page.Stats.WaitForAsync(); // Both tabs have saved the end.

        await second.Button("More for Count").ClickAsync();
        await second.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Pin" }).ClickAsync();

        await Expect(page.Page.Locator(".chats .day")).ToHaveTextAsync("Pinned");
        Assert.False(await page.Page.EvaluateAsync<bool>(IsMarked));
    }

    [Fact]
    public async Task Chat_WhoseReplyIsReplacedByAnEarlierVersion_IsNotMarkedAsRunning()
    {
        await using var page = await Fixture.OpenAsync($"{Url}#key={FunctionFixture.Key}");
        await page.SayAsync("One.");
        await page.AskAsync("Count");
        await ScriptAsync(page);
        await page.Messages.First.HoverAsync();
        await page.Button("Edit").ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" }).PressAsync("Enter");
        await ReachAsync(page, 9);
        Assert.True(await page.Page.EvaluateAsync<bool>(IsMarked));

        await page.Button("Previous version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("One.");

        await page.WaitUntilAsync($"async () => !(await ({IsMarked})())");
        Fixture.Emulator.Gates.Open(Gate, 100);
    }

    [Fact]
    public async Task Reply_ThatAnotherTabReplaces_IsDropped()
    {
        await using var page = await BeginAsync(9);
        var second = await page.OpenTabAsync();
        await Expect(second.Answer).ToContainTextAsync("First");
        await second.SayAsync("Another.");

        await second.Messages.First.HoverAsync();
        await second.Button("Edit").ClickAsync();
        await second.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" }).PressAsync("Enter");
        Fixture.Emulator.Gates.Open(Gate, 100);

        foreach (var tab in new[] { second, page })
        {
            await Expect(tab.Answer).ToHaveTextAsync("Another.");
            await tab.Stats.WaitForAsync();
            await tab.Page.ReloadAsync();
            await Expect(tab.Answer).ToHaveTextAsync("Another.");
        }
    }

    [Fact]
    public async Task Stop_Pressed_EndsTheReplyOfTheFunction()
    {
        await using var page = await BeginAsync(9);

        var cancel = await page.Page.RunAndWaitForResponseAsync(() => page.Button("Stop").ClickAsync(),
            response => response.Url.EndsWith("/cancel", StringComparison.Ordinal));

        await ExpectCancelledAsync(cancel);
        await Expect(page.Button("Send")).ToBeVisibleAsync();
        await page.Page.ReloadAsync();
        await Expect(page.Answer).ToHaveTextAsync("First second third fourth fifth");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Stop_BeforeTheResponse_EndsTheReplyOfTheFunction()
    {
        await using var page = await BeginAsync(0);

        var cancel = page.Page.WaitForResponseAsync(response => response.Url.EndsWith("/cancel", StringComparison.Ordinal));
        await page.Button("Stop").ClickAsync();
        await Expect(page.Button("Send")).ToBeVisibleAsync();
        Fixture.Emulator.Gates.Open(Gate, 3);

        await ExpectCancelledAsync(await cancel);
    }

    // The browser keeps no body of a response that may outlive the page. A second cancellation returns the same status.
    private static async Task ExpectCancelledAsync(IResponse response)
    {
        Assert.Equal(200, response.Status);
        var url = new Uri(response.Url);
        using var client = FunctionFixture.CreateClient(new Uri(url, "/"));
        var (_, body) = await StoredFunction.AskAsync(client, "POST", url.AbsolutePath);
        Assert.Equal("cancelled", (string?)body["status"]);
    }

    // Asks, and waits until the page shows this many of the reply's events.
    private async Task<ChatPage> BeginAsync(int events, Uri? url = null)
    {
        var page = await Fixture.OpenAsync($"{url ?? Url}#key={FunctionFixture.Key}");
        await CountAsync(page, events);
        return page;
    }

    private async Task CountAsync(ChatPage page, int events)
    {
        await ScriptAsync(page);
        await page.SendAsync("Count");
        await ReachAsync(page, events);
    }

    private Task ScriptAsync(ChatPage page) => page.ScriptAsync(
        new JsonObject { ["reasoning"] = new JsonArray(Thinking), ["content"] = new JsonArray(Text), ["gate"] = Gate }.ToJsonString());

    private async Task ReachAsync(ChatPage page, int events)
    {
        if (events > 0)
        {
            Fixture.Emulator.Gates.Open(Gate, events);
            await Expect(page.Page.Locator("article.assistant").Last).ToContainTextAsync(events > 4 ? "fifth" : "Hm");
        }
    }

    private static async Task ExpectWholeAsync(ChatPage page)
    {
        await Expect(page.Answer).ToHaveTextAsync(Text);
        await page.Stats.WaitForAsync();
        await page.Thinking.Locator("summary").ClickAsync();
        await Expect(page.Thinking).ToContainTextAsync(Thinking);
        await Expect(page.Page.Locator(".notice.fault")).ToHaveCountAsync(0);
    }
}
