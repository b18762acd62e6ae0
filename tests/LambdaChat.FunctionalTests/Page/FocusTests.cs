using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The focus when the element that had it is gone, and the Enter key of a touch screen.</summary>
public sealed class FocusTests(PageFixture fixture)
{
    private const string Broken = """{"reasoning":[""],"content":["one two three"],"fault":{"kind":"model_stream_error","after":3}}""";

    [Theory]
    [InlineData("Ask again", ".foot")]
    [InlineData("Ask again", ".notice")]
    [InlineData("Continue", ".notice")]
    public async Task Reply_RequestedWithTheKeyboard_FocusesTheBox(string name, string place)
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync(Broken);
        await page.SendAsync("Count");
        var button = page.Page.Locator($"article.assistant {place}").GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
        await button.WaitForAsync();
        await page.SayAsync("Here.");
        await button.FocusAsync();

        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(page.Answer).ToContainTextAsync("Here.");
        await Expect(page.Input).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Edit_Sent_FocusesTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("To be changed");
        await page.SayAsync("Changed.");
        await page.Button("Edit").FocusAsync();
        await Expect(page.Button("Edit")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("textarea.edit")).ToBeFocusedAsync();

        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(page.Answer).ToHaveTextAsync("Changed.");
        await Expect(page.Input).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Chat_Deleted_FocusesTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("To be deleted");
        await page.Button("More for To be deleted").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Expect(page.Messages).ToHaveCountAsync(0);
        await Expect(page.Input).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Enter_OnATouchScreen_BeginsALine()
    {
        await using var page = await fixture.OpenAsync(configure: options => (options.HasTouch, options.IsMobile) = (true, true));
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        await page.Input.FillAsync("One");
        await page.Input.PressAsync("Enter");
        await page.Input.PressSequentiallyAsync("two");
        await Expect(page.Input).ToHaveValueAsync("One\ntwo");
        await page.Button("Send").ClickAsync();
        await page.Stats.WaitForAsync();
        await page.Button("Edit").ClickAsync();
        var edit = page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" });

        await edit.PressAsync("Enter");
        await edit.PressSequentiallyAsync("three");

        await Expect(edit).ToHaveValueAsync("One\ntwo\nthree");
        await edit.PressAsync("Control+Enter");
        await Expect(edit).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync("One\ntwo\nthree");
    }

    [Fact]
    public async Task Hint_OnATouchScreen_DoesNotNameItsKeys()
    {
        await using var page = await fixture.OpenAsync(configure: options => (options.HasTouch, options.IsMobile) = (true, true));
        await using var other = await fixture.OpenAsync();

        await Expect(other.Page.Locator("#hint")).ToContainTextAsync("Enter to send");
        await Expect(page.Page.Locator("#hint")).ToHaveTextAsync("");
    }

    [Fact]
    public async Task Attachment_Removed_FocusesTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.Locator(".composer input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = "a.txt", MimeType = "text/plain", Buffer = "text"u8.ToArray() });
        await page.Button("Remove a.txt").FocusAsync();

        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(page.Page.Locator(".chip")).ToHaveCountAsync(0);
        await Expect(page.Input).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Dialog_WhoseTextIsSelectedToTheOutside_StaysOpen()
    {
        await fixture.ReadyAsync();
        await using var page = await fixture.OpenAsync(fixture.Url.ToString());
        var key = page.Page.GetByLabel("Key", new() { Exact = true });
        await key.FillAsync("typed");
        var box = (await key.BoundingBoxAsync())!;

        await page.Page.Mouse.MoveAsync(box.X + 20, box.Y + (box.Height / 2));
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(5, box.Y);
        await page.Page.Mouse.UpAsync();

        await Expect(key).ToHaveValueAsync("typed");
        await page.Page.Mouse.ClickAsync(5, 5);
        await Expect(key).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task QueuedMessage_Removed_IsInTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-unqueued");
        await page.SendAsync("Queued");

        await page.Button("Remove from the queue").ClickAsync();

        await Expect(page.Input).ToHaveValueAsync("Queued");
        await Expect(page.Page.Locator(".queued")).ToHaveTextAsync("");
        fixture.Emulator.Gates.Open("page-unqueued", 100);
    }

    [Fact]
    public async Task Chats_AllDeleted_CloseTheSettings()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("To be deleted");
        await page.Button("Settings").ClickAsync();
        await page.Button("Delete all chats").ClickAsync();

        await page.Page.GetByRole(AriaRole.Dialog).Last.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();

        await Expect(page.Messages).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("dialog")).ToHaveCountAsync(0);
        await Expect(page.Input).ToBeFocusedAsync();
    }
}
