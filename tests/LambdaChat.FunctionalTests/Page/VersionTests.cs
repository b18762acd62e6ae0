using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>"Ask again" and edits keep the earlier versions with what followed them.</summary>
public sealed class VersionTests(PageFixture fixture)
{
    [Fact]
    public async Task Again_KeepsTheEarlierAnswer()
    {
        await using var page = await fixture.OpenAsync();
        await AskAsync(page, "Versions of an answer", "The first.");
        await AgainAsync(page, "The second.");
        await AgainAsync(page, "The third.");
        await Expect(Versions(page)).ToHaveTextAsync("3/3");
        await Expect(page.Button("Next version")).ToBeDisabledAsync();

        await page.Button("Previous version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("The second.");
        await Expect(page.Button("Previous version")).ToBeFocusedAsync();
        await page.Button("Previous version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("The first.");
        await Expect(Versions(page)).ToHaveTextAsync("1/3");
        await Expect(page.Button("Previous version")).ToBeDisabledAsync();
        await page.Page.ReloadAsync();

        await Expect(page.Answer).ToHaveTextAsync("The first.");
        await page.Button("Next version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("The second.");
        await page.Button("Next version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("The third.");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Edit_KeepsTheEarlierQuestionAndWhatFollowedIt()
    {
        await using var page = await fixture.OpenAsync();
        await AskAsync(page, "The original question", "The original answer.");
        await AskAsync(page, "What followed", "The later answer.");
        await page.SayAsync("The new answer.");
        await page.Messages.First.HoverAsync();
        await page.Messages.First.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" }).FillAsync("The changed question");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Answer).ToHaveTextAsync("The new answer.");
        await Expect(page.Messages).ToHaveCountAsync(2);
        await Expect(Versions(page)).ToHaveTextAsync("2/2");
        await page.Stats.WaitForAsync();

        await page.Button("Previous version").ClickAsync();

        await Expect(page.Messages).ToHaveCountAsync(4);
        await Expect(page.Messages.First).ToContainTextAsync("The original question");
        await Expect(page.Answer).ToHaveTextAsync("The later answer.");
        await AskAsync(page, "And on", "The last answer.");
        Assert.Equal(
            ["The original question", "The original answer.", "What followed", "The later answer.", "And on"],
            LastMessages("And on"));
        await page.Button("Next version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("The new answer.");
        await page.Button("Previous version").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task Again_WithAnotherModel_AsksThatModel()
    {
        await using var page = await fixture.OpenAsync();
        await AskAsync(page, "Another model, please", "By the first model.");
        await page.SayAsync("By the other model.");

        await page.Button("Ask another model").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = PageFixture.Seeing }).ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("By the other model.");
        await Expect(page.Page.Locator("article.assistant")).ToHaveAttributeAsync("aria-label", PageFixture.Seeing);
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Seeing);
        await page.Button("Previous version").ClickAsync();
        await Expect(page.Page.Locator("article.assistant")).ToHaveAttributeAsync("aria-label", PageFixture.Model);
    }

    [Fact]
    public async Task Again_WhenTheModelsArriveAfterTheChat_OffersThem()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Late models");
        var arrival = new TaskCompletionSource();
        await page.Page.RouteAsync("**/v1/models", async route =>
        {
            await arrival.Task;
            await route.ContinueAsync();
        });
        await page.Page.ReloadAsync();
        await page.Stats.WaitForAsync();
        await Expect(page.Button("Ask another model")).ToBeHiddenAsync();

        arrival.SetResult();

        await page.Button("Ask another model").ClickAsync();
        await Expect(page.Page.Locator(".menu button")).ToHaveTextAsync(["r1", "seeing", "cold-0s"]);
    }

    [Fact]
    public async Task Again_AfterAnErrorWithoutText_ReplacesIt()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"fault":{"kind":"access_denied"} }""");
        await page.SendAsync("Fails without text");
        await Expect(page.Page.Locator(".notice.fault")).ToBeVisibleAsync();
        await page.SayAsync("An answer.");

        await page.Page.Locator(".notice").GetByRole(AriaRole.Button, new() { Name = "Ask again" }).ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("An answer.");
        await page.Stats.WaitForAsync();
        await Expect(Versions(page)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Version_ChangedFromAnErrorWithoutText_DropsIt()
    {
        await using var page = await fixture.OpenAsync();
        await AskAsync(page, "Fails at the second time", "The first.");
        await page.ScriptAsync("""{"fault":{"kind":"access_denied"} }""");
        await page.Button("Ask again").ClickAsync();
        await Expect(page.Page.Locator(".notice.fault")).ToBeVisibleAsync();
        await Expect(Versions(page)).ToHaveTextAsync("2/2");

        await page.Button("Previous version").ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("The first.");
        await Expect(Versions(page)).ToHaveCountAsync(0);
        await AgainAsync(page, "The second.");
        await Expect(Versions(page)).ToHaveTextAsync("2/2");
    }

    [Fact]
    public async Task Version_ChangedWhileAReplyRuns_KeepsTheTextSoFar()
    {
        await using var page = await fixture.OpenAsync();
        await AskAsync(page, "Versions of a stopped answer", "The first.");
        await page.ScriptAsync("""{"reasoning":[""],"content":["one two three"],"gate":"page-versions"}""");
        await page.Button("Ask again").ClickAsync();
        fixture.Emulator.Gates.Open("page-versions", 2);
        await Expect(page.Answer).ToContainTextAsync("one");
        await page.SayAsync("The third.");
        await page.Messages.First.HoverAsync();
        await page.Messages.First.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" }).PressAsync("Enter");
        await Expect(page.Answer).ToHaveTextAsync("The third.");
        fixture.Emulator.Gates.Open("page-versions", 100);

        await page.Messages.First.GetByRole(AriaRole.Button, new() { Name = "Previous version" }).ClickAsync();

        await Expect(page.Answer).ToContainTextAsync("one");
        await Expect(page.Page.Locator(".notice").GetByText("Stopped.")).ToBeVisibleAsync();
        await Expect(page.Button("Continue")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Versions_OfAChat_AreFoundExportedImportedAndDeleted()
    {
        await using var page = await fixture.OpenAsync();
        await AskAsync(page, "A chat of versions", "Only the first has a pomegranate.");
        await AgainAsync(page, "The second.");
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("pomegranate");
        await Expect(page.Page.Locator(".chat .hit mark")).ToHaveTextAsync("pomegranate");
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("");
        var download = await page.Page.RunAndWaitForDownloadAsync(() => MenuAsync(page, "Export as JSON"));
        await MenuAsync(page, "Delete");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.Page.Locator(".chat")).ToHaveCountAsync(0);
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("""
            async () => {
              const whole = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
              return whole((await whole(indexedDB.open("lambdachat"))).transaction("messages").objectStore("messages").count());
            }
            """));

        await page.Button("Settings").ClickAsync();
        await page.Page.Locator("dialog input[type=file]").SetInputFilesAsync(await download.PathAsync());
        await page.Button("Close").ClickAsync();
        await page.Page.Locator(".chat .title").ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("The second.");
        await page.Button("Previous version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("Only the first has a pomegranate.");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Versions_WithoutADatabase_LastForTheVisit()
    {
        await using var page = await fixture.OpenAsync("about:blank");
        await page.Page.AddInitScriptAsync("IDBFactory.prototype.open = () => { throw new Error('blocked'); };");
        await page.GoToAsync(fixture.Link);
        await AskAsync(page, "Versions in memory", "The first.");
        await AgainAsync(page, "The second.");

        await page.Button("Previous version").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("The first.");
        await page.Button("Next version").ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("The second.");
        await Expect(Versions(page)).ToHaveTextAsync("2/2");
    }

    private static ILocator Versions(ChatPage page) => page.Page.Locator(".versions");

    private static async Task AskAsync(ChatPage page, string question, string answer)
    {
        await page.SayAsync(answer);
        await page.AskAsync(question);
    }

    private static async Task AgainAsync(ChatPage page, string answer)
    {
        await page.SayAsync(answer);
        await page.Button("Ask again").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync(answer);
        await page.Stats.WaitForAsync();
    }

    private static async Task MenuAsync(ChatPage page, string entry)
    {
        await page.Button("More for A chat of versions").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = entry, Exact = true }).ClickAsync();
    }

    private IEnumerable<string?> LastMessages(string text) =>
        fixture.Emulator.Calls.Select(call => call.Body["messages"]!)
            .Last(messages => messages.AsArray()[^1]!["content"] is JsonValue content && (string?)content == text)
            .AsArray().Select(message => (string?)message!["content"]);
}
