using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Pastes, keyboard layouts, the Escape key, scripts that are written from right to left, and pages without HTTPS.</summary>
public sealed class InputTests(PageFixture fixture)
{
    private static readonly string[] Names = ["A", "B"];

    // Pastes a picture, and a text if there is one. Returns false if the browser's own paste was prevented.
    private const string Paste = """
        async (input, isRich) => {
          const clipboardData = new DataTransfer();
          const canvas = new OffscreenCanvas(2, 2);
          canvas.getContext("2d").fillRect(0, 0, 1, 1);
          clipboardData.items.add(new File([await canvas.convertToBlob()], "image.png", { type: "image/png" }));
          if (isRich) {
            clipboardData.setData("text/plain", "a\tb");
            clipboardData.setData("text/html", "<table><tr><td>a</td><td>b</td></tr></table>");
          }
          return input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }
        """;

    [Fact]
    public async Task Paste_OfCells_IsTheirTextAndNotTheirPicture()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.Locator("select.model").SelectOptionAsync(PageFixture.Seeing);

        Assert.True(await page.Input.EvaluateAsync<bool>(Paste, true));
        Assert.False(await page.Input.EvaluateAsync<bool>(Paste, false));

        await Expect(page.Page.Locator(".picture-frame")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Menu_InAWindowThatShrinks_StaysAtItsButton()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("A menu");
        await page.Button("Ask another model").ClickAsync();
        await page.Page.Locator(".menu").WaitForAsync();

        await page.Page.SetViewportSizeAsync(1200, 500); // As when the keyboard of a phone opens or closes.

        await page.Page.WaitForFunctionAsync("""
            () => {
              const [menu, button] = [".menu", ".choose"].map((name) => document.querySelector(name).getBoundingClientRect());
              const gap = Math.min(Math.abs(menu.top - button.bottom), Math.abs(menu.bottom - button.top));
              return Math.abs(menu.left - button.left) < 2 && gap < 6;
            }
            """);
    }

    [Fact]
    public async Task Edit_Canceled_ReturnsTheFocus()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("To be changed");
        await page.Input.PressAsync("ArrowUp");
        await Expect(page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" })).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Input).ToBeFocusedAsync();

        await page.Button("Edit").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(page.Button("Edit")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("л", "KeyK", false)]
    [InlineData("K", "KeyK", false)] // With Caps Lock.
    [InlineData("щ", "KeyO", true)]
    public async Task Shortcut_WithAnyLayout_Works(string key, string code, bool shiftKey)
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Before the shortcut");

        await page.Input.DispatchEventAsync("keydown", new { key, code, shiftKey, ctrlKey = true });

        if (shiftKey)
        {
            await Expect(page.Messages).ToHaveCountAsync(0);
            await Expect(page.Input).ToBeFocusedAsync();
        }
        else
        {
            await Expect(page.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
            await Expect(page.Messages).ToHaveCountAsync(2);
        }
    }

    [Fact]
    public async Task Escape_InTheSearch_EndsTheSearchAndNotTheReply()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["one two three"],"gate":"page-escape"}""");
        await page.SendAsync("Do not stop");
        fixture.Emulator.Gates.Open("page-escape", 2);
        await Expect(page.Answer).ToContainTextAsync("one");
        var search = page.Page.GetByRole(AriaRole.Searchbox);
        await search.FillAsync("nothing");
        await Expect(page.Page.GetByText("No chats found.")).ToBeVisibleAsync();

        await search.PressAsync("Escape");

        await Expect(search).ToHaveValueAsync("");
        await Expect(page.Page.Locator(".chat .title")).ToHaveTextAsync("Do not stop");
        fixture.Emulator.Gates.Open("page-escape", 100);
        await Expect(page.Answer).ToHaveTextAsync("one two three");
        await Expect(page.Page.GetByText("Stopped.")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Messages_QueuedInTwoChats_StayInTheirChats()
    {
        await using var page = await fixture.OpenAsync();
        foreach (var name in Names)
        {
            await page.Button("New chat").ClickAsync();
            await page.ScriptAsync($$"""{"reasoning":[""],"content":["one two three"],"gate":"page-two-queues-{{name}}"}""");
            await page.SendAsync($"Slow {name}");
            fixture.Emulator.Gates.Open($"page-two-queues-{name}", 2);
            await Expect(page.Answer).ToContainTextAsync("one");
            await page.SendAsync($"Later {name}");
            await Expect(page.Page.Locator(".queued")).ToHaveTextAsync($"Queued: Later {name}");
        }

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Slow A", Exact = true }).ClickAsync();

        await Expect(page.Page.Locator(".queued")).ToHaveTextAsync("Queued: Later A");
        await page.SayAsync("Here.");
        fixture.Emulator.Gates.Open("page-two-queues-A", 100);
        await Expect(page.Messages).ToHaveCountAsync(4);
        await Expect(page.Answer).ToHaveTextAsync("Here.");
        fixture.Emulator.Gates.Open("page-two-queues-B", 100);
    }

    [Fact]
    public async Task Text_OfAnotherDirection_IsWrittenFromTheRight()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("مرحبا\n\n- عنصر\n\nAn English line");

        await page.AskAsync("שלום");

        await Expect(page.Answer).ToHaveCSSAsync("direction", "rtl");
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveCSSAsync("direction", "rtl");
        await Expect(page.Answer.Locator("p").Last).ToHaveCSSAsync("unicode-bidi", "plaintext");
        await page.Input.FillAsync("שלום");
        await Expect(page.Input).ToHaveCSSAsync("direction", "rtl");
    }

    [Fact]
    public async Task Page_WithoutHttps_SendsAndCopies()
    {
        await using var page = await fixture.OpenAsync("about:blank");
        // What the browser leaves out there.
        await page.Page.AddInitScriptAsync("delete Crypto.prototype.randomUUID; delete Navigator.prototype.clipboard; delete Navigator.prototype.serviceWorker;");
        await page.GoToAsync(fixture.Link);
        await page.SayAsync("Copied without HTTPS.");
        await page.AskAsync("Over plain HTTP");
        await using var reader = new ChatPage(await page.Page.Context.NewPageAsync());
        await reader.GoToAsync(fixture.Url.ToString());
        using var clipboard = await Clipboard.UseAsync(reader);

        await page.Page.Locator("article.assistant .foot").GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();

        await clipboard.ExpectAsync("Copied without HTTPS.");
        Assert.Empty(page.Problems);
    }
}
