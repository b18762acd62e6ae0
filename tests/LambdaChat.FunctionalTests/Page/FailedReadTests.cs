using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Reads of the store that fail are reported.</summary>
public sealed class FailedReadTests(PageFixture fixture)
{
    [Theory]
    [InlineData("open")]
    [InlineData("Export as JSON")]
    [InlineData("search")]
    [InlineData("Previous version")]
    public async Task Read_ThatFails_IsReported(string name)
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await AgainAsync(page);
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await page.AskAsync("Second");
        await AgainAsync(page);
        await page.StoredAsync();
        await page.Page.EvaluateAsync("""
            () => {
              const { getAll } = IDBObjectStore.prototype;
              IDBObjectStore.prototype.getAll = function (...values) {
                if (this.name === "messages") {
                  throw new DOMException("", "InvalidStateError");
                }
                return getAll.apply(this, values);
              };
            }
            """);

        await UseAsync(page, name);

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("This browser could not read the stored chats.");
        await Expect(page.Page.Locator(".chat .title")).ToHaveTextAsync(name == "search" ? ["Second"] : ["Second", "First"]);
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Write_ThatFailsWithTheReads_LeavesTheMessagesShown()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("First");
        await page.StoredAsync();
        await page.Page.EvaluateAsync("""
            () => {
              const { getAll } = IDBObjectStore.prototype;
              IDBTransaction.prototype.commit = function () { this.abort(); };
              IDBObjectStore.prototype.getAll = function (...values) {
                const request = getAll.apply(this, values);
                this.name === "messages" && !window.isRepaired && this.transaction.abort();
                return request;
              };
            }
            """);
        await page.AskAsync("Second");
        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync(
            "This browser cannot store chats. They are lost when you close the page.");
        await page.Page.EvaluateAsync("() => { window.isRepaired = true; }");

        await page.AskAsync("Third");

        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First", "Second", "Third"]);
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await page.Page.Locator(".chat .title").ClickAsync();
        await Expect(page.Page.Locator("article.user .bubble").First).ToHaveTextAsync("First"); // It can be read again.
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Read_ThatFailsAtTheEndOfAReply_DoesNotKeepTheQueuedMessage()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-queued-without-reads");
        await page.SayAsync("After the queue.");
        await page.SendAsync("Queued");
        await Expect(page.Page.Locator(".queued")).ToContainTextAsync("Queued");
        await page.Page.EvaluateAsync("""
            () => {
              const { getAll } = IDBObjectStore.prototype;
              IDBObjectStore.prototype.getAll = function (...values) {
                if (this.name === "messages" && this.transaction.mode === "readonly") {
                  throw new DOMException("", "InvalidStateError");
                }
                return getAll.apply(this, values);
              };
            }
            """);

        fixture.Emulator.Gates.Open("page-queued-without-reads", 100);

        await Expect(page.Answer).ToHaveTextAsync("After the queue.");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Settings_ThatCannotBeLoaded_AreReported()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.RouteAsync("**/assets/settings.js", route => route.AbortAsync());

        await page.Button("Settings").ClickAsync();

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("The service cannot be reached.");
    }

    // Waits for the end of the reply, which would otherwise be stored later than what follows.
    private static async Task AgainAsync(ChatPage page)
    {
        await page.Button("Ask again").ClickAsync();
        await page.Button("Previous version").WaitForAsync();
        await page.Stats.WaitForAsync();
    }

    private static async Task UseAsync(ChatPage page, string name)
    {
        switch (name)
        {
            case "open":
                await page.Page.Locator(".chat .title").Last.ClickAsync();
                break;
            case "search":
                await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("SECOND");
                break;
            case "Previous version":
                await page.Button(name).ClickAsync();
                break;
            default:
                await page.Button("More for Second").ClickAsync();
                await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
                break;
        }
    }
}
