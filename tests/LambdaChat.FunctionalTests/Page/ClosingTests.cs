using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>What a closing page keeps, because its last writes to the store may not end in time.</summary>
public sealed class ClosingTests(PageFixture fixture)
{
    [Fact]
    public async Task Question_ThatIsNotStoredYet_IsThereAfterAReload()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await BlockAsync(page);
        await fixture.BeginAsync(page, "page-closed-after-a-question");

        await page.Page.ReloadAsync();

        await Expect(page.Messages).ToHaveCountAsync(4);
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First", "Slow"]);
        await Expect(page.Answer).ToContainTextAsync("slow");
        await Expect(page.Page.Locator(".notice strong")).ToHaveTextAsync("The page was closed during the reply.");
        fixture.Emulator.Gates.Open("page-closed-after-a-question", 100);
    }

    [Fact]
    public async Task Reply_ThatEndedButIsNotStoredYet_IsCompleteAfterAReload()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-closed-after-the-reply");
        await BlockAsync(page);
        fixture.Emulator.Gates.Open("page-closed-after-the-reply", 100);
        await page.Stats.WaitForAsync();

        await page.Page.ReloadAsync();

        await Expect(page.Answer).ToHaveTextAsync("slow and steady");
        await Expect(page.Stats).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task EditedQuestion_ThatIsNotStoredYet_KeepsTheEarlierVersion()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await BlockAsync(page);
        await page.SayAsync("Two.");
        await page.Messages.First.HoverAsync();
        await page.Messages.First.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.Page.Locator("article.user textarea").FillAsync("Changed");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Stats.WaitForAsync();

        await page.Page.ReloadAsync();

        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync("Changed");
        await Expect(page.Answer).ToHaveTextAsync("Two.");
        await page.Messages.First.HoverAsync();
        await page.Messages.First.GetByRole(AriaRole.Button, new() { Name = "Previous version" }).ClickAsync();
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync("First");
        await Expect(page.Answer).ToHaveTextAsync("One.");
    }

    // The store has the first text of a reply when the second one is recovered.
    [Theory]
    [InlineData("{ text: 'ab', fault }", "{ text: 'abc', fault }", "abc interrupted")]
    [InlineData("{ text: 'abc', fault }", "{ text: 'abc' }", "abc")]
    [InlineData("{ text: 'abc', fault }", "{ text: 'ab', fault }", "abc interrupted")] // Another tab has resumed it.
    [InlineData("{ text: 'abc' }", "{ text: 'abc', fault }", "abc")]
    [InlineData("{ text: 'ab', stored: { id: 'a' } }", "{ text: 'abc', stored: { id: 'a' } }", "abc")]
    [InlineData("{ text: 'ab', id: 'other', fault }", "{ text: 'abc' }", "ab interrupted")]
    public async Task Reply_ThatIsRecovered_ReplacesNoneThatIsLongerOrComplete(string stored, string kept, string expected)
    {
        await using var page = await fixture.OpenAsync();

        var found = await page.Page.EvaluateAsync<string>($$"""
            async () => {
              const [{ recover }, { openStore }] = await Promise.all([import("/assets/changes.js"), import("/assets/store.js")]);
              const store = await openStore();
              const fault = { code: "interrupted", message: "" };
              const reply = (values) => ({ id: "reply", chat: "chat", index: 0, ...values });
              await store.change("chat", 0, () => ({ chat: { id: "chat" }, records: [reply({{stored}})] }));
              localStorage.setItem("lambdachat.closing", JSON.stringify([{ message: reply({{kept}}), values: {} }]));
              await recover(store);
              const [message] = await store.messages("chat");
              return `${message.text} ${message.fault?.code ?? ""}`.trim();
            }
            """);

        Assert.Equal(expected, found);
        Assert.Null(await KeptAsync(page));
    }

    [Fact]
    public async Task Recovery_OfAChangeThatFails_DoesNotLoseTheOthers()
    {
        await using var page = await fixture.OpenAsync();

        var titles = await page.Page.EvaluateAsync<string[]>("""
            async () => {
              const [{ recover }, { openStore }] = await Promise.all([import("/assets/changes.js"), import("/assets/store.js")]);
              const store = await openStore();
              const question = (title, index) => ({ chat: { id: title, title }, first: 0, ids: [], index: 0, elsewhere: [], hidden: null,
                messages: [{ id: title, chat: title, index, role: "user", text: title }] });
              localStorage.setItem("lambdachat.closing", JSON.stringify([question("a", 0), question("b", null), null, question("c", 0)]));
              await recover(store);
              return (await store.chats()).map(({ title }) => title).sort();
            }
            """);

        Assert.Equal(["a", "c"], titles);
    }

    [Theory]
    [InlineData("Delete all chats in this browser?")]
    [InlineData("Delete “Slow”?")]
    public async Task Chat_DeletedAfterItsTabClosed_DoesNotReturn(string question)
    {
        await using var page = await fixture.OpenAsync();
        var second = new ChatPage(await page.Page.Context.NewPageAsync());
        await second.GoToAsync($"{fixture.Url}#key={FunctionFixture.Key}");
        await second.Input.WaitForAsync();
        await BlockAsync(page); // Of a new chat, its question is stored when the write does not end.
        var gate = $"page-deleted-after-closing-{question.Length}";
        await fixture.BeginAsync(page, gate);
        await second.Page.EvaluateAsync(
            "() => addEventListener('storage', ({ key, newValue }) => key === 'lambdachat.closing' && (window.kept ??= newValue))");
        await page.Page.CloseAsync(new() { RunBeforeUnload = true });
        await second.Page.Locator(".chat .title").WaitForAsync(); // It has written what the other tab has kept.
        var kept = await second.Page.EvaluateAsync<string>("() => window.kept");
        await second.Page.EvaluateAsync("(kept) => localStorage.setItem('lambdachat.closing', kept)", kept);

        if (question.StartsWith("Delete all", StringComparison.Ordinal))
        {
            await second.Button("Settings").ClickAsync();
            await second.Button("Delete all chats").ClickAsync();
        }
        else
        {
            await second.Button("More for Slow").ClickAsync();
            await second.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        }

        await second.Page.GetByRole(AriaRole.Dialog, new() { Name = question })
            .GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(second.Page.Locator(".chat .title")).ToHaveCountAsync(0);
        await second.Page.ReloadAsync();

        await second.OpenedAsync();
        Assert.Null(await KeptAsync(second));
        await Expect(second.Page.Locator(".chat .title")).ToHaveCountAsync(0);
        fixture.Emulator.Gates.Open(gate, 100);
    }

    // Changes of the store do not end any more.
    private static Task<JsonElement?> BlockAsync(ChatPage page) =>
        page.Page.EvaluateAsync("() => { IDBObjectStore.prototype.get = () => ({}); }");

    private static Task<string?> KeptAsync(ChatPage page) =>
        page.Page.EvaluateAsync<string?>("() => localStorage.getItem('lambdachat.closing')");
}
