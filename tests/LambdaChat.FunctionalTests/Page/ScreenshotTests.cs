using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Docs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>
/// Screenshots of the page, written to <c>lambdachat-page</c> in the temporary folder. Each test also asserts the visible text, that
/// nothing overflows on a phone, and that the console is empty. With <c>UPDATE_DOCS=true</c> the pictures in the documentation are updated.
/// </summary>
public sealed class ScreenshotTests(PageFixture fixture)
{
    private const string Question = "9.11 and 9.8, which is greater?";

    [Theory]
    [InlineData("light", ColorScheme.Light, 1200, 860)]
    [InlineData("dark", ColorScheme.Dark, 1200, 860)]
    [InlineData("phone", ColorScheme.Light, 360, 740)]
    [InlineData("phone-dark", ColorScheme.Dark, 360, 740)]
    public async Task Answer_Whole_LooksRight(string name, ColorScheme colours, int width, int height)
    {
        await using var page = await OpenAsync(colours, width, height);
        await page.SayAsync("Of course.");
        await page.AskAsync("Can you help me with numbers?");
        await page.SayAsync(Samples.Answer, Samples.Reasoning);
        await page.AskAsync(Question);

        await Expect(page.Answer).ToContainTextAsync("9.8 is greater than 9.11.");
        await Expect(page.Answer.Locator("table")).ToBeVisibleAsync();
        await Expect(page.Answer.Locator("math")).ToBeVisibleAsync();
        await Expect(page.Answer.Locator(".hljs-number").First).ToBeVisibleAsync();
        await TakeAsync(page, name);
    }

    [Theory]
    [InlineData("desk", ColorScheme.Light, 1080, 800)]
    [InlineData("phone", ColorScheme.Dark, 360, 740)]
    public async Task Picture_OfTheReadme_IsThereAndSmall(string name, ColorScheme colours, int width, int height)
    {
        if (Repository.UpdatesDocs)
        {
            await using var page = await OpenAsync(colours, width, height);
            await page.ScriptAsync(
                new JsonObject
                {
                    ["content"] = new JsonArray(Samples.Answer),
                    ["reasoning"] = new JsonArray(Samples.Reasoning),
                    ["pace_ms"] = 25
                }.ToJsonString());
            await page.AskAsync(Question);
            await Expect(page.Answer.Locator("math")).ToBeVisibleAsync();
            await Expect(page.Answer.Locator(".hljs-number").First).ToBeVisibleAsync();
            await page.Page.Mouse.MoveAsync(1, 1);
            await page.Page.ScreenshotAsync(new() { Path = PictureOf(name) });
        }

        Assert.InRange(new FileInfo(PictureOf(name)).Length, 10_000, 150_000);
    }

    [Theory]
    [InlineData("empty", ColorScheme.Light, 1200, 860)]
    [InlineData("empty-phone", ColorScheme.Dark, 360, 740)]
    public async Task Page_Empty_LooksRight(string name, ColorScheme colours, int width, int height)
    {
        await using var page = await OpenAsync(colours, width, height);
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);

        await Expect(page.Page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("What do you want to know?");
        await TakeAsync(page, name);
    }

    [Theory]
    [InlineData("chinese", ColorScheme.Light, 1200, 860)]
    [InlineData("chinese-phone", ColorScheme.Dark, 360, 740)]
    public async Task Chinese_LooksRight(string name, ColorScheme colours, int width, int height)
    {
        await using var page = await OpenAsync(colours, width, height, "zh-CN");
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        var input = page.Page.GetByRole(AriaRole.Textbox, new() { Name = "消息" });
        await input.FillAsync("9.11 和 9.8 哪个更大？");
        await input.PressAsync("Enter");
        await page.Stats.WaitForAsync();

        await Expect(page.Answer.Locator("strong")).ToHaveTextAsync("9.8 比 9.11 大。");
        await Expect(page.Stats).ToContainTextAsync("首 token");
        await TakeAsync(page, name);
    }

    [Theory]
    [InlineData("error", ColorScheme.Light, 1200, 860)]
    [InlineData("error-phone", ColorScheme.Dark, 360, 740)]
    public async Task Failure_LooksRight(string name, ColorScheme colours, int width, int height)
    {
        await using var page = await OpenAsync(colours, width, height);
        await page.ScriptAsync("""{"fault":{"kind":"model_stream_error","after":70}}""");
        await page.SendAsync(Question);
        await Expect(page.Page.Locator(".notice.fault strong")).ToHaveTextAsync("The reply was interrupted.");

        await Expect(page.Button("Continue")).ToBeVisibleAsync();
        await TakeAsync(page, name);
    }

    [Theory]
    [InlineData("thinking", ColorScheme.Light, 1200, 860)]
    [InlineData("thinking-phone", ColorScheme.Dark, 360, 740)]
    public async Task Thinking_LooksRight(string name, ColorScheme colours, int width, int height)
    {
        await using var page = await OpenAsync(colours, width, height);
        await page.ScriptAsync($$"""{"gate":"picture-{{name}}"}""");
        await page.SendAsync(Question);
        fixture.Emulator.Gates.Open($"picture-{name}", 30);

        await Expect(page.Thinking.Locator("summary")).ToHaveTextAsync("Thinking…");
        await Expect(page.Thinking.Locator(".thought")).ToContainTextAsync("It is");
        await TakeAsync(page, name);
        fixture.Emulator.Gates.Open($"picture-{name}", 1000);
    }

    [Theory]
    [InlineData("settings", ColorScheme.Light, 1200, 860)]
    [InlineData("settings-phone", ColorScheme.Dark, 360, 740)]
    public async Task Settings_LookRight(string name, ColorScheme colours, int width, int height)
    {
        await using var page = await OpenAsync(colours, width, height);
        await page.AskAsync(Question);
        if (width < 700)
        {
            await page.Button("Chats").ClickAsync();
            await page.Page.ScreenshotAsync(new() { Path = PathOf("menu-phone") });
        }

        await page.Button("Settings").ClickAsync();
        await Expect(page.Page.GetByLabel("System prompt").First).ToBeVisibleAsync();
        await TakeAsync(page, name);
    }

    [Theory]
    [InlineData("versions", ColorScheme.Light, 1200, 860)]
    [InlineData("versions-phone", ColorScheme.Dark, 360, 740)]
    public async Task Versions_LookRight(string name, ColorScheme colours, int width, int height)
    {
        await using var page = await OpenAsync(colours, width, height);
        await page.SayAsync("An answer.", "A thought.");
        var file = new FilePayload { Name = "A table with a long name.csv", MimeType = "text/csv", Buffer = "a,b"u8.ToArray() };
        await page.Page.Locator(".composer input[type=file]").SetInputFilesAsync(file);
        await page.AskAsync("A question. It has a second sentence, so that the title differs from it, and a few more words");
        await page.Button("Ask again").ClickAsync();
        await Expect(page.Page.Locator(".versions")).ToHaveTextAsync("2/2");
        await page.Stats.WaitForAsync();
        await page.Page.Locator(".composer input[type=file]").SetInputFilesAsync(file);
        await Expect(page.Page.Locator(".chip")).ToBeVisibleAsync();
        await page.Page.ScreenshotAsync(new() { Path = PathOf($"{name}-files") });
        if (width < 700)
        {
            await page.Button("Chats").ClickAsync();
        }

        await page.Button("More for A question.").ClickAsync();
        await Expect(page.Page.Locator(".menu")).ToBeVisibleAsync();
        await TakeAsync(page, name);
    }

    [Theory]
    [InlineData("content", ColorScheme.Light, 1200, 1300)]
    [InlineData("content-dark", ColorScheme.Dark, 1200, 1300)]
    [InlineData("content-phone", ColorScheme.Dark, 360, 1300)]
    public async Task Content_LooksRight(string name, ColorScheme colours, int width, int height)
    {
        await using var page = await OpenAsync(colours, width, height);
        await page.SayAsync(Samples.Content);
        await page.AskAsync("Show me everything");

        await Expect(page.Answer.Locator("math")).ToHaveCountAsync(6);
        await Expect(page.Answer.Locator(".hljs-keyword").First).ToBeVisibleAsync();
        await TakeAsync(page, name);
    }

    private Task<ChatPage> OpenAsync(ColorScheme colours, int width, int height, string locale = "en-US") =>
        fixture.OpenAsync(configure: options =>
        {
            options.ColorScheme = colours;
            options.ViewportSize = new() { Width = width, Height = height };
            options.Locale = locale;
            options.ReducedMotion = ReducedMotion.Reduce;
        });

    private static string PictureOf(string name) => Path.Combine(Repository.Docs, "pictures", $"{name}.png");

    private static string PathOf(string name) => Path.Combine(Path.GetTempPath(), "lambdachat-page", $"{name}.png");

    private static async Task TakeAsync(ChatPage page, string name)
    {
        Assert.Empty(page.Problems);
        await page.Page.Mouse.MoveAsync(1, 1);
        await page.Page.ScreenshotAsync(new() { Path = PathOf(name) });
        await page.Page.SetViewportSizeAsync(360, 740);
        await page.Page.EvaluateAsync("""
            () => {
              window.overflow = () => [...document.querySelectorAll("body *")].filter((element) => {
                const { left, right, width } = element.getBoundingClientRect();
                const scrolls = element.closest(".table, pre, .sidebar");
                return width > 0 && !scrolls && getComputedStyle(element).visibility === "visible" && (right > innerWidth + 1 || left < -1);
              }).map((element) => element.outerHTML.slice(0, 80)).join("\n") + (document.scrollingElement.scrollWidth > innerWidth ? "the page scrolls sideways" : "");
            }
            """);
        await ExpectNoOverflowAsync(page);
    }

    // The page may need several frames for a new size: it closes its menu, for example.
    private static async Task ExpectNoOverflowAsync(ChatPage page)
    {
        try
        {
            await page.Page.WaitForFunctionAsync("() => innerWidth === 360 && window.overflow() === ''");
        }
        catch (TimeoutException)
        {
            Assert.Fail(await page.Page.EvaluateAsync<string>("`${innerWidth}: ${window.overflow()}`"));
        }
    }
}
