using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The stored chats at their limits: deletion during a reply, a full store, and long titles.</summary>
public sealed class StoreTests(PageFixture fixture)
{
    private const string Family = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"; // One character of 11 UTF-16 units.

    [Fact]
    public async Task DeleteAll_WhileAReplyRunsInAnotherChat_LeavesNothing()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["one two three"],"gate":"page-delete-all"}""");
        await page.SendAsync("Running in the background");
        fixture.Emulator.Gates.Open("page-delete-all", 2);
        await Expect(page.Answer).ToContainTextAsync("one");
        await page.Button("New chat").ClickAsync();

        await page.Button("Settings").ClickAsync();
        await page.Button("Delete all chats").ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Delete all chats in this browser?" })
            .GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(Titles(page)).ToHaveCountAsync(0);
        fixture.Emulator.Gates.Open("page-delete-all", 100);
        await page.SayAsync("Done.");
        await page.AskAsync("A later one");

        await Expect(Titles(page)).ToHaveTextAsync(["A later one"]);
        Assert.Equal("[1,2]", await CountRecordsAsync(page));
    }

    [Fact]
    public async Task Search_ThatALaterOneReplaces_ReadsNoFurtherChats()
    {
        await using var page = await fixture.OpenAsync();

        var found = await page.Page.EvaluateAsync<string[]>("""
            async () => {
              const { MemoryStore, search } = await import("/assets/store.js");
              const store = new MemoryStore();
              for (const chat of ["c", "b", "a"]) {
                store.saveChat({ id: chat, updated: chat.codePointAt(0) });
                store.saveMessages([{ chat, index: 0, text: `Word ${chat}` }]);
              }
              let checks = 0;
              return [...(await search(store, "WORD", () => ++checks === 2)).values()];
            }
            """);

        Assert.Equal(["Word c", "Word b"], found);
    }

    [Fact]
    public async Task Store_Full_EndsTheReplyAndSaysThatItIsNotSaved()
    {
        await using var page = await fixture.OpenAsync();
        // What the browser does at its quota.
        await page.Page.EvaluateAsync("() => { IDBTransaction.prototype.commit = function () { this.abort(); }; }");
        await page.SayAsync("Complete.");

        await page.AskAsync("Not saved");

        await Expect(page.Answer).ToHaveTextAsync("Complete.");
        await Expect(page.Button("Send")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".toast"))
            .ToHaveTextAsync("This browser cannot store chats. They are lost when you close the page.");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Store_Full_KeepsChatsAndVersionsUntilThePageIsClosed()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.Page.EvaluateAsync("() => { IDBTransaction.prototype.commit = function () { this.abort(); }; }");
        await page.SayAsync("Two.");
        await page.AskAsync("Second");
        await page.SayAsync("Three.");
        await page.Button("Ask again").Last.ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("Three.");
        await page.Stats.WaitForAsync();

        await page.Button("Previous version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("Two.");
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await page.AskAsync("Another chat");
        await Expect(Titles(page)).ToHaveTextAsync(["Another chat", "First"]);
        await Titles(page).Last.ClickAsync();

        await Expect(page.Page.Locator("article .bubble, article > .markdown")).ToHaveTextAsync(["First", "One.", "Second", "Two."]);
        await page.Button("Next version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("Three.");
        Assert.Equal("[1,2]", await CountRecordsAsync(page));
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Store_FullDuringAChange_SaysThatTheChangeIsNotSaved()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Not to be pinned");
        await page.StoredAsync();
        await page.Page.EvaluateAsync("() => { IDBTransaction.prototype.commit = function () { this.abort(); }; }");

        await page.Button("More for Not to be pinned").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Pin" }).ClickAsync();

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("This browser could not save the change.");
        await Expect(page.Page.Locator(".day")).ToHaveTextAsync(["Today"]);
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Store_FullDuringAnImport_KeepsNoPartOfIt()
    {
        await using var page = await fixture.OpenAsync();
        // There is room for the messages, and none for their chat.
        await page.Page.EvaluateAsync("""
            () => {
              const { put } = IDBObjectStore.prototype;
              IDBObjectStore.prototype.put = function (value) {
                if (this.name === "chats") {
                  this.transaction.commit = () => this.transaction.abort();
                }
                return put.call(this, value);
              };
            }
            """);
        await page.Button("Settings").ClickAsync();

        var file = """{"format":"lambdachat","chats":[{"title":"A","messages":[{"role":"user","text":"Hello"}]}]}"""u8.ToArray();
        await page.Page.Locator("dialog input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = "chats.json", MimeType = "application/json", Buffer = file });

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("This browser could not save the change.");
        Assert.Equal("[0,0]", await CountRecordsAsync(page));
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Store_ClosedByTheBrowser_IsOpenedAgain()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Before");
        await page.StoredAsync();
        await page.Page.EvaluateAsync("""
            () => {
              const { open } = IDBFactory.prototype;
              IDBFactory.prototype.open = function (...values) {
                const request = open.apply(this, values);
                request.addEventListener("success", () => (window.isOpen = true));
                return request;
              };
            }
            """);
        var session = await page.Page.Context.NewCDPSessionAsync(page.Page);

        await session.SendAsync("Storage.clearDataForOrigin",
            new() { ["origin"] = fixture.Url.ToString(), ["storageTypes"] = "indexeddb" });
        await page.Page.WaitForFunctionAsync("() => window.isOpen");
        await page.Button("New chat").ClickAsync();
        await page.AskAsync("After");

        await Expect(Titles(page)).ToHaveTextAsync(["After"]);
        Assert.Equal("[1,2]", await CountRecordsAsync(page));
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Message_Sent_IsStoredWithItsChat()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.EvaluateAsync("""
            () => {
              window.stores = [];
              const { put } = IDBObjectStore.prototype;
              IDBObjectStore.prototype.put = function (value) {
                stores.push(this.name);
                queueMicrotask(() => (window.atOnce ??= stores.join()));
                return put.call(this, value);
              };
            }
            """);

        await page.AskAsync("Stored at once");

        Assert.Equal("chats,messages,messages", await page.Page.EvaluateAsync<string>("window.atOnce"));
    }

    [Fact]
    public async Task Title_OfALongMessage_EndsWithAWholeCharacter()
    {
        await using var page = await fixture.OpenAsync();
        var start = new string('a', 79) + Family;

        await page.AskAsync(start + Family + "b");

        await Expect(Titles(page)).ToHaveTextAsync([start]);
        await page.Button($"More for {start}").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }).FillAsync(new string('b', 199) + Family + Family);
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Titles(page)).ToHaveTextAsync([new string('b', 199) + Family]);
    }

    [Fact]
    public async Task Browser_IsAskedOnceToKeepTheChats()
    {
        await using var page = await fixture.OpenAsync("about:blank");
        await page.Page.AddInitScriptAsync(
            "StorageManager.prototype.persist = async () => { localStorage.requests = Number(localStorage.requests ?? 0) + 1; };");
        await page.GoToAsync(fixture.Link);
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        Assert.Null(await RequestsAsync());
        await page.AskAsync("First");
        await page.StoredAsync();
        Assert.Equal("1", await RequestsAsync());
        await page.AskAsync("Second");
        await page.StoredAsync();
        await page.Page.ReloadAsync();

        await page.AskAsync("Third");
        await page.StoredAsync();

        Assert.Equal("1", await RequestsAsync());

        Task<string?> RequestsAsync() => page.Page.EvaluateAsync<string?>("() => localStorage.requests ?? null");
    }

    private static ILocator Titles(ChatPage page) => page.Page.Locator(".chat .title");

    private static async Task<string> CountRecordsAsync(ChatPage page) => JsonNode.Parse(await page.Page.EvaluateAsync<string>("""
        async () => {
          const whole = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
          const database = await whole(indexedDB.open("lambdachat"));
          const counts = ["chats", "messages"].map((name) => whole(database.transaction(name).objectStore(name).count()));
          return JSON.stringify(await Promise.all(counts));
        }
        """))!.ToJsonString();
}
