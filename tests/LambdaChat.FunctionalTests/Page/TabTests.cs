using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Two tabs show what either of them has written, so that none overwrites the messages of the other.</summary>
public sealed class TabTests(PageFixture fixture)
{
    [Fact]
    public async Task Chat_OpenInTwoTabs_HasTheMessagesOfBoth()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        var second = await page.OpenTabAsync();
        await Expect(second.Answer).ToHaveTextAsync("One.");

        await page.SayAsync("Two.");
        await page.AskAsync("Second");
        await Expect(second.Messages).ToHaveCountAsync(4);
        await second.SayAsync("Three.");
        await second.AskAsync("Third");

        await Expect(page.Messages).ToHaveCountAsync(6);
        await Expect(page.Answer).ToHaveTextAsync("Three.");
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First", "Second", "Third"]);
    }

    [Fact]
    public async Task Chat_DeletedInAnotherTab_Closes()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Deleted elsewhere");
        var second = await page.OpenTabAsync();
        await Expect(second.Messages).ToHaveCountAsync(2);

        await MenuAsync(page, "Deleted elsewhere", "Delete");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Expect(second.Messages).ToHaveCountAsync(0);
        await Expect(second.Page.Locator(".chat")).ToHaveCountAsync(0);
        await Expect(second.Page).ToHaveURLAsync(fixture.Url.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chat_ChangedWhileItsReplyRuns_StaysChanged(bool isInAnotherTab)
    {
        await using var page = await fixture.OpenAsync();
        var gate = $"page-changed-{isInAnotherTab}";
        await fixture.BeginAsync(page, gate);
        var changing = isInAnotherTab ? await page.OpenTabAsync() : page;
        await Expect(Entries(changing)).ToHaveTextAsync(["Today", "Slow"]);
        if (!isInAnotherTab)
        {
            await page.Button("New chat").ClickAsync();
        }

        await MenuAsync(changing, "Slow", "Rename");
        await changing.Page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }).FillAsync("Steady");
        await changing.Page.Keyboard.PressAsync("Enter");
        await MenuAsync(changing, "Steady", "Pin");
        await Expect(Entries(page)).ToHaveTextAsync(["Pinned", "Steady"]);
        await page.Button("Steady").ClickAsync();
        fixture.Emulator.Gates.Open(gate, 100);
        await page.Stats.WaitForAsync();
        await page.Page.ReloadAsync();

        await Expect(page.Answer).ToHaveTextAsync("slow and steady");
        await Expect(Entries(page)).ToHaveTextAsync(["Pinned", "Steady"]);
    }

    [Fact]
    public async Task Reply_ReplacedWhileTheStoreIsRead_StaysReplaced()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("The first.");
        await page.AskAsync("A question");
        await page.Page.EvaluateAsync("""
            async () => {
              const { openStore } = await import("/assets/store.js");
              const store = Object.getPrototypeOf(await openStore());
              const { messages } = store;
              await new Promise((reached) => {
                store.messages = async function (chat) {
                  store.messages = messages;
                  const read = await this.messages(chat);
                  await new Promise((resolve) => {
                    window.deliver = resolve;
                    reached();
                  });
                  return read;
                };
                new BroadcastChannel("lambdachat").postMessage(null);
              });
            }
            """);
        await page.SayAsync("The second.");
        await page.Button("Ask again").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("The second.");
        await page.Stats.WaitForAsync();

        await page.Page.EvaluateAsync("""
            async () => {
              const { openStore } = await import("/assets/store.js");
              const store = await openStore();
              const [{ id }] = await store.chats();
              deliver();
              await new Promise((resolve) => setTimeout(resolve));
              await navigator.locks.query(); // As the page does before it reads the messages again.
              await store.change(id, 0, () => null); // After that read.
            }
            """);

        Assert.Equal("The second.", await page.Answer.TextContentAsync());
    }

    [Fact]
    public async Task Reply_CutInTheStore_OffersToContinue()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("A part.");
        await page.AskAsync("A question");
        await Expect(page.Button("Continue")).ToHaveCountAsync(0);

        await page.Page.EvaluateAsync("""
            async () => {
              const { openStore } = await import("/assets/store.js");
              const store = await openStore();
              const [{ id }] = await store.chats();
              const [, answer] = await store.messages(id);
              await store.change(id, 0, (chat) => ({ chat, records: [{ ...answer, finish: "length" }] }));
              new BroadcastChannel("lambdachat").postMessage(null);
            }
            """);

        await Expect(page.Button("Continue")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chat_DeletedInAnotherTabWhileItsReplyRuns_DoesNotReturn(bool isShown)
    {
        await using var page = await fixture.OpenAsync();
        var gate = $"page-deleted-{isShown}";
        await fixture.BeginAsync(page, gate);
        var second = await page.OpenTabAsync();
        if (!isShown)
        {
            await page.Button("New chat").ClickAsync();
        }

        await MenuAsync(second, "Slow", "Delete");
        await second.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(Entries(page)).ToHaveCountAsync(0);
        await Expect(page.Messages).ToHaveCountAsync(0);
        fixture.Emulator.Gates.Open(gate, 100);
        await page.SayAsync("Done.");
        await page.AskAsync("A later one");

        await Expect(Entries(page)).ToHaveTextAsync(["Today", "A later one"]);
        await page.Page.ReloadAsync();
        await Expect(Entries(page)).ToHaveTextAsync(["Today", "A later one"]);
    }

    [Fact]
    public async Task Message_SentWhileAReplyRunsInAnotherTab_FollowsIt()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        var second = await page.OpenTabAsync();
        await Expect(second.Answer).ToHaveTextAsync("One.");
        await fixture.BeginAsync(page, "page-two-replies");
        await Expect(second.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First", "Slow"]);

        await second.SayAsync("Three.");
        await second.AskAsync("Third");
        fixture.Emulator.Gates.Open("page-two-replies", 100);

        foreach (var tab in new[] { page, second })
        {
            await Expect(tab.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First", "Slow", "Third"]);
            await Expect(tab.Page.Locator("article.assistant > .markdown")).ToHaveTextAsync(["One.", "slow and steady", "Three."]);
            await Expect(tab.Page.Locator(".notice")).ToHaveCountAsync(0);
        }
    }

    private static ILocator Entries(ChatPage page) => page.Page.Locator(".chats li");

    private static async Task MenuAsync(ChatPage page, string title, string entry)
    {
        await page.Button($"More for {title}").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = entry, Exact = true }).ClickAsync();
    }
}
