using System.Text.Json;
using LambdaChat.FunctionalTests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>axe-core reports no serious or critical finding in any state of the page, light and dark.</summary>
public sealed class AccessibilityTests(PageFixture fixture)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1200)]
    [InlineData(ColorScheme.Dark, 1200)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Page_Everywhere_HasNoSeriousFindings(ColorScheme colours, int width)
    {
        var axe = await File.ReadAllTextAsync(await Node.FindAsync("axe-core/axe.min.js"), TestContext.Current.CancellationToken);
        await using var page = await fixture.OpenAsync(configure: options =>
        {
            options.ColorScheme = colours;
            options.ViewportSize = new() { Width = width, Height = 800 };
        });
        await page.Page.EvaluateAsync(axe);
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        await Expect(page.Page.Locator(".empty")).ToBeVisibleAsync();
        await CheckAsync(page, "empty");
        await page.SayAsync(
            "# A\n\n**b** [c](https://example.com) `d`\n\n- [x] e\n\n| f | g |\n|---|---|\n| 1 | 2 |\n\n```js\nh\n```\n\n> i\n\n$$j$$",
                "A thought with `code`.");
        await page.AskAsync("Everything, please");
        await page.Thinking.Locator("summary").ClickAsync();
        await Expect(page.Thinking.Locator(".thought code")).ToBeVisibleAsync();
        await Expect(page.Answer.Locator("math")).ToBeVisibleAsync();
        await CheckAsync(page, "answer");
        await page.ScriptAsync("""{"content":["one two three"],"fault":{"kind":"model_stream_error","after":6}}""");
        await page.SendAsync("And now fail");
        await Expect(page.Page.Locator(".notice.fault")).ToBeVisibleAsync();
        await CheckAsync(page, "failure");
        await page.Input.PressAsync("ArrowUp");
        await Expect(page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" })).ToBeVisibleAsync();
        await CheckAsync(page, "edit");
        await page.Page.Keyboard.PressAsync("Escape");
        if (width < 700)
        {
            await page.Button("Chats").ClickAsync();
        }

        await page.Button("More for Everything, please").ClickAsync();
        await Expect(page.Page.Locator(".menu")).ToBeVisibleAsync();
        await CheckAsync(page, "menu");
        await page.Button("Settings").ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Settings" })).ToBeVisibleAsync();
        await CheckAsync(page, "settings");
        await page.Button("Change key").ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Dialog, new() { Name = "API key" })).ToBeVisibleAsync();
        await CheckAsync(page, "key");
    }

    private static async Task CheckAsync(ChatPage page, string where)
    {
        var json = await page.Page.EvaluateAsync<string>("""
            async () => {
              await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
              const { violations } = await axe.run(document, { resultTypes: ["violations"] });
              return JSON.stringify(violations.filter(({ impact }) => impact === "serious" || impact === "critical")
                .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120) + " " + (node.any[0]?.message ?? "")).join(" | ")}`));
            }
            """);
        Assert.True(json == "[]", $"{where}: {string.Join('\n', JsonSerializer.Deserialize<string[]>(json)!)}");
    }
}
