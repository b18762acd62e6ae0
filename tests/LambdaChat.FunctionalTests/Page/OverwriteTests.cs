using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>A write neither overwrites what another tab has stored since the page read it, nor brings back what was deleted.</summary>
public sealed class OverwriteTests(PageFixture fixture)
{
    // Stores two more messages, as a tab whose message has not arrived here.
    private const string WriteUnseen = """
        async () => {
          const { openStore } = await import("/assets/store.js");
          const store = await openStore();
          const [{ id: chat }] = await store.chats();
          const records = [{ id: "a", chat, index: 2, role: "user", text: "Unseen" },
            { id: "b", chat, index: 3, role: "assistant", text: "Two." }];
          await store.change(chat, 0, (chat) => ({ chat, records }));
        }
        """;

    [Theory]
    [InlineData(0, "Changed", "Another.")]
    [InlineData(1, "First", "Another.")]
    [InlineData(2, "First", "One.", "Changed", "Another.")]
    public async Task Reply_InAChatThatAnotherTabRewrites_IsDropped(int index, params string[] texts)
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        var gate = $"page-rewritten-{index}";
        await fixture.BeginAsync(page, gate);
        var second = await page.OpenTabAsync();
        await Expect(second.Messages).ToHaveCountAsync(4);
        await second.SayAsync("Another.");

        await (index == 1 ? Of(second, 1, "Ask again").ClickAsync() : EditAsync(second, index, "Changed"));

        await Expect(second.Answer).ToHaveTextAsync("Another.");
        await second.Stats.WaitForAsync();
        await Expect(Texts(page)).ToHaveTextAsync(texts);
        await Expect(page.Button("Send")).ToBeVisibleAsync();
        fixture.Emulator.Gates.Open(gate, 100);
        await page.SayAsync("Last.");
        await page.AskAsync("On");
        await Expect(Texts(second)).ToHaveTextAsync([.. texts, "On", "Last."]); // It shows what is stored.
        await page.Page.ReloadAsync();
        foreach (var tab in new[] { page, second })
        {
            await Expect(Texts(tab)).ToHaveTextAsync([.. texts, "On", "Last."]);
        }
    }

    [Fact]
    public async Task Message_OfATabThatIsBehind_ReturnsToTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.Page.EvaluateAsync(WriteUnseen);

        await page.SendAsync("Third");

        await Expect(page.Input).ToHaveValueAsync("Third");
        await Expect(Texts(page)).ToHaveTextAsync(["First", "One.", "Unseen", "Two."]);
        await page.SayAsync("Three.");
        await page.Input.PressAsync("Enter");
        await Expect(page.Answer).ToHaveTextAsync("Three.");
        await page.Stats.WaitForAsync();
        await page.Page.ReloadAsync();
        await Expect(Texts(page)).ToHaveTextAsync(["First", "One.", "Unseen", "Two.", "Third", "Three."]);
    }

    [Fact]
    public async Task Edit_InATabThatIsBehind_ReturnsToTheBoxAndHidesNothing()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.Page.EvaluateAsync(WriteUnseen);

        await EditAsync(page, 0, "Changed");

        await Expect(page.Input).ToHaveValueAsync("Changed");
        await Expect(Texts(page)).ToHaveTextAsync(["First", "One.", "Unseen", "Two."]);
    }

    [Fact]
    public async Task Page_RestoredByTheBrowser_ShowsWhatAnotherTabWrote()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.Page.EvaluateAsync(WriteUnseen);

        await page.Page.EvaluateAsync("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }");

        await Expect(Texts(page)).ToHaveTextAsync(["First", "One.", "Unseen", "Two."]);
    }

    [Fact]
    public async Task Version_HiddenWhileAnotherTabReceivesIt_HasTheStoredText()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        var second = await page.OpenTabAsync();
        await Expect(second.Messages).ToHaveCountAsync(2);
        await fixture.BeginAsync(page, "page-hidden-elsewhere");
        await Expect(second.Messages).ToHaveCountAsync(4);
        await page.SaveAsync();
        await second.SayAsync("Another.");

        await EditAsync(second, 2, "Changed");
        await Expect(second.Answer).ToHaveTextAsync("Another.");
        await second.Stats.WaitForAsync();
        await Of(second, 2, "Previous version").ClickAsync();

        await Expect(second.Answer).ToContainTextAsync("slow");
        fixture.Emulator.Gates.Open("page-hidden-elsewhere", 100);
    }

    [Fact]
    public async Task Edit_BeforeAnotherChatOpens_StaysInItsChat()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.SayAsync("Another.");
        await page.Messages.First.HoverAsync();
        await Of(page, 0, "Edit").ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" }).FillAsync("Changed");

        await page.Page.EvaluateAsync("""
            () => {
              document.querySelector(".edit-form").requestSubmit();
              document.querySelector(".new").click();
            }
            """);

        await Expect(page.Messages).ToHaveCountAsync(0);
        await page.Page.Locator(".chat .title").ClickAsync();
        await Expect(Texts(page)).ToHaveTextAsync(["Changed", "Another."]);
    }

    [Theory]
    [InlineData("Generate a title")]
    [InlineData("Rename")]
    public async Task Title_OfAChatThatWasDeletedMeanwhile_DoesNotBringItBack(string entry)
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Deleted");
        var second = await page.OpenTabAsync();
        await Expect(second.Messages).ToHaveCountAsync(2);
        await page.ScriptAsync($$"""{"reasoning":[""],"content":["A title"],"gate":"page-late-title-{{entry}}"}""");
        Task? ended = null;
        if (entry == "Rename")
        {
            await MenuAsync(page, "Deleted", entry);
        }
        else
        {
            // The request is sent before the chat is deleted.
            var request = await page.Page.RunAndWaitForRequestAsync(() => MenuAsync(page, "Deleted", entry), sent => sent.Method == "POST");
            ended = EndOfAsync(page.Page, request);
        }

        await MenuAsync(second, "Deleted", "Delete");
        await second.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        if (ended is null)
        {
            await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }).FillAsync("Renamed");
            await page.Page.Keyboard.PressAsync("Enter");
        }
        else
        {
            fixture.Emulator.Gates.Open($"page-late-title-{entry}", 100);
            await ended.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }

        await page.SayAsync("Later.");
        await page.AskAsync("A later one");
        await Expect(page.Page.Locator(".chat .title")).ToHaveTextAsync(["A later one"]);
    }

    [Fact]
    public async Task Chat_PinnedFromAnOldEntry_KeepsWhatAnotherTabChanged()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("The old title");
        await page.StoredAsync();
        await page.Page.EvaluateAsync("""
            async () => {
              const whole = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
              const database = await whole(indexedDB.open("lambdachat"));
              const store = database.transaction("chats", "readwrite").objectStore("chats");
              const [chat] = await whole(store.getAll());
              await whole(store.put({ ...chat, title: "The new title" }));
            }
            """);

        await MenuAsync(page, "The old title", "Pin");

        await Expect(page.Page.Locator(".chats li")).ToHaveTextAsync(["Pinned", "The new title"]);
    }

    private static ILocator Texts(ChatPage page) =>
        page.Page.Locator("article.user > .bubble, article.assistant > .markdown");

    private static ILocator Of(ChatPage page, int index, string button) =>
        page.Messages.Nth(index).GetByRole(AriaRole.Button, new() { Name = button, Exact = true });

    private static async Task EditAsync(ChatPage page, int index, string text)
    {
        await page.Messages.Nth(index).HoverAsync();
        await Of(page, index, "Edit").ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" }).FillAsync(text);
        await page.Page.Keyboard.PressAsync("Enter");
    }

    private static async Task MenuAsync(ChatPage page, string title, string entry)
    {
        await page.Button($"More for {title}").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = entry, Exact = true }).ClickAsync();
    }

    // The page may end a connection itself after `[DONE]`: the request has then failed, and IResponse.FinishedAsync never returns.
    private static async Task EndOfAsync(IPage page, IRequest request)
    {
        var ended = new TaskCompletionSource();
        void End(object? sender, IRequest other) => _ = other == request && ended.TrySetResult();
        page.RequestFinished += End;
        page.RequestFailed += End;
        await ended.Task;
    }
}
