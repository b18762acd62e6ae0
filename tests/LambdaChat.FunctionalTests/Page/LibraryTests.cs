using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Chats stored in the browser: list, search, rename, delete, export and import.</summary>
public sealed class LibraryTests(PageFixture fixture)
{
    [Fact]
    public async Task Chats_Several_AreStoredFoundAndRenamed()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("Apples grow on trees.");
        await page.AskAsync("About fruit");
        await page.Button("New chat").ClickAsync();
        await page.SayAsync("Carrots grow in the earth.");
        await page.AskAsync("About roots");
        await ReloadAsync(page);

        await Expect(Titles(page)).ToHaveTextAsync(["About roots", "About fruit"]);
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("apples GROW");
        await Expect(Titles(page)).ToHaveTextAsync(["About fruitApples grow on trees."]);
        await Titles(page).ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("Apples grow on trees.");
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("potatoes");
        await Expect(page.Page.GetByText("No chats found.")).ToBeVisibleAsync();
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("");

        await MenuAsync(page, "About fruit", "Rename");
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }).FillAsync("Orchard");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Titles(page)).ToHaveTextAsync(["About roots", "Orchard"]); // It is stored.
        await ReloadAsync(page);

        await Expect(Titles(page)).ToHaveTextAsync(["About roots", "Orchard"]);
    }

    [Fact]
    public async Task Chat_Deleted_IsRemovedAfterConfirmation()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("To be deleted");
        await MenuAsync(page, "To be deleted", "Delete");
        await page.Button("Cancel").ClickAsync();
        await Expect(Titles(page)).ToHaveCountAsync(1);

        await MenuAsync(page, "To be deleted", "Delete");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Expect(Titles(page)).ToHaveCountAsync(0);
        await Expect(page.Messages).ToHaveCountAsync(0);
        await ReloadAsync(page);
        await page.OpenedAsync();
        await Expect(Titles(page)).ToHaveCountAsync(0);
        Assert.Equal("[0,0]", await CountRecordsAsync(page));
    }

    [Fact]
    public async Task Chat_Exported_IsImportedCompletely()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("An **answer**.", "A thought.");
        await page.AskAsync("A question");
        var file = await DownloadAsync(page, () => MenuAsync(page, "A question", "Export as JSON"));
        Assert.Equal("A-question.json", file.Name);
        await page.Button("Settings").ClickAsync();
        await page.Button("Delete all chats").ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Delete all chats in this browser?" })
            .GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(Titles(page)).ToHaveCountAsync(0);

        await page.Button("Settings").ClickAsync();
        await page.Page.Locator("dialog input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = file.Name, MimeType = "application/json", Buffer = file.Bytes });
        await Expect(Titles(page)).ToHaveTextAsync(["A question"]);
        await page.Button("Close").ClickAsync();
        await Titles(page).ClickAsync();

        await Expect(page.Answer.Locator("strong")).ToHaveTextAsync("answer");
        await page.Thinking.Locator("summary").ClickAsync();
        await Expect(page.Thinking.Locator(".thought")).ToHaveTextAsync("A thought.");
        await Expect(page.Stats).ToContainTextAsync("tokens");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Chat_ExportedAsMarkdown_HasAllMessages()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("An **answer**.", "A thought.");
        await page.AskAsync("A question");

        var file = await DownloadAsync(page, () => MenuAsync(page, "A question", "Export as Markdown"));

        Assert.Equal("A-question.md", file.Name);
        Assert.Matches(
            @"^# A question\n\n## You\n\nA question\n\n## r1\n\n<details><summary>Thought for (?:a moment|\d+\.\d s)</summary>\n\nA thought\.\n\n</details>\n\nAn \*\*answer\*\*\.\n$",
            System.Text.Encoding.UTF8.GetString(file.Bytes));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("""{"format":"another","chats":[]}""")]
    [InlineData("""{"format":"lambdachat","chats":[{"title":7,"messages":[]}]}""")]
    public async Task Import_OfAnotherFormat_IsRejected(string json)
    {
        await using var page = await fixture.OpenAsync();
        await ImportAsync(page, json);

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("This file is not a LambdaChat export.");
        await Expect(Titles(page)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Import_WithUnknownMembers_AcceptsTextOnly()
    {
        await using var page = await fixture.OpenAsync();
        await ImportAsync(page, """
            {"format":"lambdachat","version":1,"chats":[{"title":"<b>x</b>","messages":[
              {"role":"system<script>","text":"hi","images":["https://evil.example/pixel.png","data:text/html;base64,PGI+","data:image/png;base64,iVBORw0KGgo="],"extra":{"onclick":"x"} }]}]}
            """);

        await Titles(page).ClickAsync();

        await Expect(Titles(page)).ToHaveTextAsync("<b>x</b>");
        await Expect(page.Messages).ToHaveCountAsync(1);
        await Expect(page.Page.Locator("article.assistant")).ToHaveCountAsync(1);
        Assert.DoesNotContain(page.Problems, problem => problem.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chat_OfManyMessages_IsReadAndEditedAnywhere()
    {
        await using var page = await fixture.OpenAsync();
        var messages = Enumerable.Range(0, 300)
            .Select(i => $$"""{"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","text":"**Message {{i}}**","model":"r1"}""");
        await ImportAsync(page,
            $$"""{"format":"lambdachat","version":1,"chats":[{"title":"Long","messages":[{{string.Join(',', messages)}}]}]}""");
        await Titles(page).ClickAsync();
        await Expect(page.Answer.Locator("strong")).ToHaveTextAsync("Message 299");
        await Expect(page.Messages).ToHaveCountAsync(300);
        await Expect(page.Page.Locator(".group")).ToHaveCountAsync(4);

        await page.Messages.Nth(60).ScrollIntoViewIfNeededAsync();

        await Expect(page.Messages.Nth(61).Locator("strong")).ToHaveTextAsync("Message 61");
        await page.Messages.Nth(60).GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.SayAsync("Another end.");
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" }).FillAsync("Another question");
        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(page.Messages).ToHaveCountAsync(62);
        await Expect(page.Messages.Nth(60)).ToContainTextAsync("Another question");
        await Expect(page.Answer).ToHaveTextAsync("Another end.");
        await Expect(page.Page.Locator(".group")).ToHaveCountAsync(2);
        await Expect(page.Answer).ToBeInViewportAsync();
        await page.Page.EvaluateAsync("() => { dispatchEvent(new Event('beforeprint')); }");
        await Expect(page.Messages.Nth(1).Locator("strong")).ToHaveTextAsync("Message 1");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Reply_InAnotherChat_ContinuesInTheBackground()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["slow and steady"],"gate":"page-background"}""");
        await page.SendAsync("A slow one");
        fixture.Emulator.Gates.Open("page-background", 2);
        await Expect(page.Answer).ToContainTextAsync("slow");

        await page.Button("New chat").ClickAsync();
        await page.SayAsync("Quick.");
        await page.AskAsync("A quick one");
        fixture.Emulator.Gates.Open("page-background", 100);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "A slow one", Exact = true }).ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("slow and steady");
        await page.Stats.WaitForAsync();
    }

    private static ILocator Titles(ChatPage page) => page.Page.Locator(".chat .title");

    private async Task ReloadAsync(ChatPage page) => await page.GoToAsync($"{fixture.Url}?{Guid.NewGuid()}#key={FunctionFixture.Key}");

    private static async Task MenuAsync(ChatPage page, string title, string entry)
    {
        await page.Button($"More for {title}").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = entry, Exact = true }).ClickAsync();
    }

    private static async Task ImportAsync(ChatPage page, string json)
    {
        await page.Button("Settings").ClickAsync();
        await page.Page.Locator("dialog input[type=file]")
            .SetInputFilesAsync(
                new FilePayload { Name = "chats.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(json) });
        await page.Button("Close").ClickAsync();
    }

    private static async Task<(string Name, byte[] Bytes)> DownloadAsync(ChatPage page, Func<Task> press)
    {
        var download = await page.Page.RunAndWaitForDownloadAsync(press);
        return (download.SuggestedFilename,
            await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
    }

    private static async Task<string> CountRecordsAsync(ChatPage page) => JsonNode.Parse(await page.Page.EvaluateAsync<string>("""
        async () => {
          const whole = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
          const database = await whole(indexedDB.open("lambdachat"));
          const counts = ["chats", "messages"].map((name) => whole(database.transaction(name).objectStore(name).count()));
          return JSON.stringify(await Promise.all(counts));
        }
        """))!.ToJsonString();
}
