using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Messages, replies and settings while a chat is read from the store.</summary>
public sealed class OpeningTests(PageFixture fixture)
{
    // The next read of a chat's messages ends with a call of `deliver`.
    private const string HoldRead = """
        async () => {
          const { openStore } = await import("/assets/store.js");
          const store = Object.getPrototypeOf(await openStore());
          const { messages } = store;
          store.messages = async function (chat) {
            store.messages = messages;
            const read = await this.messages(chat);
            await new Promise((resolve) => (window.deliver = resolve));
            return read;
          };
        }
        """;

    // The chat of the address opens with a call of `deliver`.
    private const string HoldOpening = """
        {
          const { query } = LockManager.prototype;
          LockManager.prototype.query = async function () {
            LockManager.prototype.query = query;
            await new Promise((resolve) => (window.deliver = resolve));
            return query.call(this);
          };
        }
        """;

    [Fact]
    public async Task Message_SentWhileTheChatOfTheAddressOpens_FollowsItsMessages()
    {
        await using var page = await ReopenAsync();
        await page.Input.FillAsync("Second");
        await page.Input.PressAsync("Enter");

        await DeliverAsync(page);

        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First", "Second"]);
        await Expect(page.Answer).ToHaveTextAsync("Two.");
        await Expect(page.Input).ToHaveValueAsync("");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Settings_OpenedWhileTheChatOfTheAddressOpens_AreThoseOfTheChat()
    {
        await using var page = await ReopenAsync();
        await page.Button("Settings").ClickAsync();

        await DeliverAsync(page);

        await SettingsTests.EnterAsync(page, "This chat", "Be early.", "", "", "");
        await page.Button("Close").ClickAsync();
        await page.AskAsync("With early settings");
        await Expect(page.Messages).ToHaveCountAsync(4);
        var body = fixture.Emulator.Calls.Select(call => call.Body)
            .Last(body => body.ToJsonString().Contains("With early settings", StringComparison.Ordinal));
        Assert.Equal("Be early.", (string?)body["messages"]![0]!["content"]);
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Version_ChosenTwiceWhileItIsRead_IsStoredOnce()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.SayAsync("Two.");
        await page.Button("Ask again").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("Two.");
        await page.StoredAsync();

        await page.Button("Previous version").EvaluateAsync("(button) => { button.click(); button.click(); }");

        await Expect(page.Answer).ToHaveTextAsync("One.");
        var hidden = await page.Page.EvaluateAsync<string[]>("""
            async () => {
              const { openStore } = await import("/assets/store.js");
              const store = await openStore();
              const [{ id }] = await store.chats();
              await store.change(id, 0, () => null); // After the changes of the page.
              return (await store.versions(id)).map(({ messages }) => messages[0].text);
            }
            """);
        Assert.Equal(["Two."], hidden);
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Message_SentWhileAnotherChatOpens_ReturnsToTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await page.AskAsync("Second");
        await page.Page.EvaluateAsync(HoldRead);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "First", Exact = true }).ClickAsync();

        await page.SendAsync("For the first chat");
        await DeliverAsync(page);

        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First"]);
        await Expect(page.Input).ToHaveValueAsync("For the first chat");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Second", Exact = true }).ClickAsync();
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(["Second"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_SentWhileItsChatIsReadAgain_IsAnswered(bool isAskedAgain)
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.SayAsync("Two.");
        await page.Page.EvaluateAsync(HoldRead);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "First", Exact = true }).ClickAsync();

        await (isAskedAgain ? page.Button("Ask again").ClickAsync() : page.SendAsync("Second"));
        await DeliverAsync(page);

        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(isAskedAgain ? ["First"] : ["First", "Second"]);
        await Expect(page.Answer).ToHaveTextAsync("Two.");
        await page.Stats.Last.WaitForAsync();
        await page.Page.ReloadAsync();
        await Expect(page.Answer).ToHaveTextAsync("Two.");
    }

    [Fact]
    public async Task Reply_ThatEndsWhileItsChatIsRead_IsShownWhole()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-ends-while-opening");
        await page.SaveAsync();
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await page.Page.EvaluateAsync(HoldRead);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Slow", Exact = true }).ClickAsync();

        await page.Page.WaitForFunctionAsync("() => window.deliver");
        fixture.Emulator.Gates.Open("page-ends-while-opening", 100);
        await page.WaitUntilAsync("""
            async () => {
              const { openStore } = await import("/assets/store.js");
              const store = await openStore();
              const [{ id }] = await store.chats();
              return !(await store.messages(id))[1].fault;
            }
            """);
        await DeliverAsync(page);

        await Expect(page.Answer).ToHaveTextAsync("slow and steady");
        await Expect(page.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    private async Task<ChatPage> ReopenAsync()
    {
        var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.StoredAsync();
        await page.SayAsync("Two.");
        await page.Page.AddInitScriptAsync(HoldOpening);
        await page.Page.ReloadAsync();
        return page;
    }

    private static async Task DeliverAsync(ChatPage page)
    {
        await page.Page.WaitForFunctionAsync("() => window.deliver");
        await page.Page.EvaluateAsync("() => deliver()");
    }
}
