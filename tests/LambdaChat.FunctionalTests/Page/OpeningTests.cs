using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Messages and replies while a chat is read from the store.</summary>
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
        await page.Page.WaitForFunctionAsync("""
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

    private static async Task DeliverAsync(ChatPage page)
    {
        await page.Page.WaitForFunctionAsync("() => window.deliver");
        await page.Page.EvaluateAsync("() => deliver()");
    }
}
