using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>What was written and not sent: it survives a reload, and images survive a model that takes none.</summary>
public sealed class UnsentTests(PageFixture fixture)
{
    [Fact]
    public async Task Draft_AndQueuedMessage_AreInTheBoxAfterAReload()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-unsent");
        await page.Page.Locator(".composer input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = "text"u8.ToArray() });
        await page.Page.Locator(".attachments .chip small").WaitForAsync();
        await page.SendAsync("Queued");
        await Expect(page.Page.Locator(".queued")).ToContainTextAsync("Queued");
        await page.Input.FillAsync("Draft");

        await page.Page.ReloadAsync();

        await Expect(page.Input).ToHaveValueAsync("Queued\n\nDraft");
        await Expect(page.Page.Locator(".attachments .chip")).ToContainTextAsync("notes.txt");
        fixture.Emulator.Gates.Open("page-unsent", 100);
        await page.Page.ReloadAsync();
        await Expect(page.Input).ToHaveValueAsync("Queued\n\nDraft");
    }

    [Fact]
    public async Task Draft_OfAHiddenPage_IsKeptUntilThePageIsShown()
    {
        await using var page = await fixture.OpenAsync();
        await page.Input.FillAsync("Draft");

        await ShowAsync(isShown: false);
        Assert.Contains("\"Draft\"", await KeptAsync(), StringComparison.Ordinal); // The system can end the page without an event.
        await ShowAsync(isShown: true);
        Assert.Null(await KeptAsync());

        Task<string?> KeptAsync() => page.Page.EvaluateAsync<string?>("() => sessionStorage.getItem('lambdachat.unsent')");
        Task<System.Text.Json.JsonElement?> ShowAsync(bool isShown) => page.Page.EvaluateAsync("""
            (isShown) => {
              Object.defineProperty(document, "hidden", { value: !isShown, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }
            """, isShown);
    }

    [Fact]
    public async Task Message_WhoseFileCannotBeRead_StaysInTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        var arrival = new TaskCompletionSource();
        await page.Page.RouteAsync("**/assets/documents.js", async route =>
        {
            await arrival.Task;
            await route.ContinueAsync();
        });
        await page.Page.Locator(".composer input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = "program.bin", MimeType = "", Buffer = [0, 1, 2] });
        await Expect(page.Page.Locator(".attachments .chip")).ToHaveTextAsync("Reading program.bin…");
        await page.SendAsync("What does this do?");

        arrival.SetResult();

        await Expect(page.Page.Locator(".toast")).ToContainTextAsync("program.bin cannot be read.");
        await Expect(page.Input).ToHaveValueAsync("What does this do?");
        await Expect(page.Messages).ToHaveCountAsync(0);
        await page.AskAsync("Then without it");
    }

    [Fact]
    public async Task Message_QueuedInAnotherChat_IsInTheBoxWhenItsChatIsOpened()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-unsent-elsewhere");
        await page.SendAsync("Queued");
        await Expect(page.Page.Locator(".queued")).ToContainTextAsync("Queued");
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);

        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        await Expect(page.Input).ToHaveValueAsync("");
        await page.Page.Locator(".chat .title").ClickAsync();

        await Expect(page.Input).ToHaveValueAsync("Queued");
        fixture.Emulator.Gates.Open("page-unsent-elsewhere", 100);
    }

    [Fact]
    public async Task EditForm_OfAChatThatIsLeft_KeepsItsText()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("To be changed");
        await page.Messages.First.HoverAsync();
        await page.Button("Edit").ClickAsync();
        var edit = page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" });
        await edit.FillAsync(string.Join('\n', Enumerable.Range(1, 6)));
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);

        await page.Page.Locator(".chat .title").ClickAsync();

        await Expect(edit).ToHaveValueAsync("1\n2\n3\n4\n5\n6");
        Assert.True(await edit.EvaluateAsync<bool>("(edit) => edit.scrollHeight <= edit.clientHeight"));
        await page.SayAsync("Changed.");
        await edit.PressAsync("Enter");
        await Expect(page.Answer).ToHaveTextAsync("Changed.");
        await page.Stats.WaitForAsync();
        await page.Button("New chat").ClickAsync();
        await page.Page.Locator(".chat .title").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("Changed.");
        await Expect(edit).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Image_HiddenForAModelThatTakesNone_IsKeptWhenItIsAsked()
    {
        await using var page = await fixture.OpenAsync();
        var model = page.Page.Locator("select.model");
        await model.SelectOptionAsync(PageFixture.Seeing);
        await page.Page.Locator(".composer input[type=file]").SetInputFilesAsync(
            new FilePayload { Name = "a.png", MimeType = "image/png", Buffer = await page.Page.ScreenshotAsync() });
        await page.Page.Locator(".picture-frame img").WaitForAsync();
        await model.SelectOptionAsync(PageFixture.Model);
        await Expect(page.Page.Locator(".picture-frame")).ToHaveCountAsync(0);
        await page.AskAsync("Without the image");
        await Expect(page.Page.Locator("article.user img")).ToHaveCountAsync(0);

        await model.SelectOptionAsync(PageFixture.Seeing);

        await Expect(page.Page.Locator(".picture-frame")).ToHaveCountAsync(1);
        await page.AskAsync("With the image");
        await Expect(page.Page.Locator("article.user img")).ToHaveCountAsync(1);
        await Expect(page.Page.Locator(".picture-frame")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Copy_ThatTheBrowserRefuses_ShowsNoCheckMark()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Copy");
        await page.Page.EvaluateAsync("""
            () => {
              navigator.clipboard.writeText = () => Promise.reject(new Error());
              document.execCommand = () => ((window.isTried = true), false);
            }
            """);
        var button = page.Page.Locator("article.assistant .foot").GetByRole(AriaRole.Button, new() { Name = "Copy" });
        var before = await button.InnerHTMLAsync();
        await button.EvaluateAsync("""
            (button) => {
              window.drawn = 0;
              new MutationObserver(() => window.drawn++).observe(button, { childList: true });
            }
            """);

        await button.ClickAsync();

        await page.Page.WaitForFunctionAsync("() => window.isTried");
        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("The browser refused to copy.");
        await Expect(button).ToBeFocusedAsync();
        Assert.Equal((0, before), (await page.Page.EvaluateAsync<int>("window.drawn"), await button.InnerHTMLAsync()));
    }

    [Fact]
    public async Task Copy_IsAnnounced()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Copy");
        using var clipboard = await Clipboard.UseAsync(page);

        await page.Page.Locator("article.assistant .foot").GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();

        await Expect(page.Page.Locator("[aria-live=polite]")).ToHaveTextAsync("Copied");
    }
}
