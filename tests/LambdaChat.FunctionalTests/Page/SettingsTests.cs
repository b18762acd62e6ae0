using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The settings of this chat and of all chats, the language, and printing.</summary>
public sealed class SettingsTests(PageFixture fixture)
{
    private static readonly string[] Numbers = ["temperature", "top_p", "max_tokens"];

    [Fact]
    public async Task Settings_OfAllChats_ApplyWhereAChatHasNone()
    {
        await using var page = await fixture.OpenAsync();
        await page.Button("Settings").ClickAsync();
        await EnterAsync(page, "All chats", "Be kind.", "0.5", "0.8", "70");
        await EnterAsync(page, "This chat", "", "1.5", "", "");
        await Expect(page.Page.GetByText("Saved")).ToBeVisibleAsync();
        await page.Button("Close").ClickAsync();
        await page.AskAsync("With both settings");
        Assert.Equal("Be kind. 1.5 0.8 70", LastSettings("With both settings"));

        await page.Button("New chat").ClickAsync();
        await page.AskAsync("With the settings of all chats");

        Assert.Equal("Be kind. 0.5 0.8 70", LastSettings("With the settings of all chats"));
        await page.Button("Settings").ClickAsync();
        await Expect(Section(page, "This chat").GetByLabel("Temperature, 0–2", new() { Exact = true })).ToHaveValueAsync("");
        await Expect(Section(page, "This chat").GetByLabel("Temperature, 0–2", new() { Exact = true }))
            .ToHaveAttributeAsync("placeholder", "0.5");
    }

    [Fact]
    public async Task Settings_OfAChatThatIsNoLongerOpen_StayItsOwn()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("The chat behind the settings");
        await page.Button("New chat").ClickAsync();
        await page.AskAsync("The chat of the settings");
        await page.Button("Settings").ClickAsync();
        await page.Page.GoBackAsync();
        await Expect(page.Page).ToHaveTitleAsync("The chat behind the settings – LambdaChat");

        await EnterAsync(page, "This chat", "Be kind.", "1.5", "", "");
        await page.Button("Close").ClickAsync();
        await page.AskAsync("Without settings");
        await page.Button("The chat of the settings").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(2);
        await page.AskAsync("With its settings");

        Assert.Equal("Be kind. 1.5", LastSettings("With its settings").Trim());
        Assert.DoesNotContain("1.5", LastSettings("Without settings"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notice_WhileTheSettingsAreOpen_IsInFrontOfThem()
    {
        await using var page = await fixture.OpenAsync();
        await page.Button("Settings").ClickAsync();

        await page.Page.Locator("dialog input[type=file]").SetInputFilesAsync(
            new FilePayload { Name = "other.json", MimeType = "application/json", Buffer = "{}"u8.ToArray() });

        await Expect(page.Page.Locator("dialog .toast")).ToHaveTextAsync("This file is not a LambdaChat export.");
        await page.Button("Close").ClickAsync();
        await Expect(page.Page.Locator("body > .toast")).ToHaveTextAsync("This file is not a LambdaChat export.");
    }

    [Fact]
    public async Task Slider_Moved_SetsTheNumber()
    {
        await using var page = await fixture.OpenAsync();
        await page.Button("Settings").ClickAsync();
        var slider = Section(page, "This chat").GetByLabel("Temperature, 0–2, slider");
        await Expect(slider).ToHaveValueAsync("1");
        await slider.FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(Section(page, "This chat").GetByLabel("Temperature, 0–2", new() { Exact = true })).ToHaveValueAsync("1.1");
        await page.Button("Close").ClickAsync();

        await page.AskAsync("With a slider");

        Assert.Equal(" 1.1  ", LastSettings("With a slider"));
    }

    [Fact]
    public async Task Saved_AtTheEndOfTheSettings_IsVisible()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ViewportSize = new() { Width = 360, Height = 640 });
        await page.Page.Locator(".menu-button").ClickAsync();
        await page.Button("Settings").ClickAsync();

        await page.Button("Forget key").ScrollIntoViewIfNeededAsync();
        await page.Page.GetByLabel("Theme").SelectOptionAsync("dark");

        await Expect(page.Page.GetByText("Saved")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(page.Button("Close")).ToBeInViewportAsync(new() { Ratio = 1 });
    }

    [Fact]
    public async Task Number_OutOfRange_IsNotReportedAsSaved()
    {
        await using var page = await fixture.OpenAsync();
        await page.Button("Settings").ClickAsync();
        var temperature = Section(page, "This chat").GetByLabel("Temperature, 0–2", new() { Exact = true });
        await temperature.FillAsync("3");
        await temperature.PressAsync("Enter");
        await Expect(page.Page.Locator("dialog .saved")).ToBeEmptyAsync();

        await temperature.FillAsync("2");
        await temperature.PressAsync("Enter");

        await Expect(page.Page.Locator("dialog .saved")).ToHaveTextAsync("Saved");
    }

    [Fact]
    public async Task Number_OutOfRange_IsNotSent()
    {
        await using var page = await fixture.OpenAsync();
        await page.Button("Settings").ClickAsync();
        await EnterAsync(page, "This chat", "", "3", "-1", "0");
        await page.Button("Close").ClickAsync();

        await page.AskAsync("Out of range");

        Assert.Equal("   ", LastSettings("Out of range"));
    }

    [Fact]
    public async Task Language_Chosen_IsKept()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Which language?");
        await page.Button("Settings").ClickAsync();

        await page.Page.Locator("dialog").GetByLabel("Language").SelectOptionAsync("zh");

        await Expect(page.Page.GetByRole(AriaRole.Textbox, new() { Name = "消息" })).ToBeVisibleAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh");
        await Expect(page.Messages).ToHaveCountAsync(2);
        await page.Button("设置").ClickAsync();
        await page.Page.Locator("dialog").GetByLabel("语言").SelectOptionAsync("en");
        await Expect(page.Input).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Language_ChosenWhileAReplyRuns_DoesNotCutIt()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-language");
        await page.Button("Settings").ClickAsync();

        await page.Page.Locator("dialog").GetByLabel("Language").SelectOptionAsync("zh");

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("The language changes when you open the page again.");
        fixture.Emulator.Gates.Open("page-language", 100);
        await Expect(page.Answer).ToHaveTextAsync("slow and steady");
        await page.Stats.WaitForAsync();
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh");
    }

    [Fact]
    public async Task Print_ShowsTheWholeChatAndNothingElse()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ColorScheme = ColorScheme.Dark);
        await page.SayAsync(string.Join("\n\n", Enumerable.Range(1, 80).Select(i => $"**Paragraph {i}** of a long answer.")));
        await page.AskAsync(string.Join('\n', Enumerable.Range(1, 40).Select(i => $"line {i}")));
        await page.Page.EvaluateAsync("() => { window.print = () => { window.isPrinted = true; }; }");
        await page.Page.Locator(".chat .icon-button").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Print" }).ClickAsync();
        await page.Page.WaitForFunctionAsync("() => window.isPrinted");

        await page.Page.EmulateMediaAsync(new() { Media = Media.Print });

        await Expect(page.Page.Locator(".sidebar")).ToBeHiddenAsync();
        await Expect(page.Input).ToBeHiddenAsync();
        Assert.InRange((await page.Page.Locator("article.user .bubble").BoundingBoxAsync())!.Height, 900, 2000);
        Assert.Equal("rgb(255, 255, 255)", await page.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollHeight > 3000"));
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), "lambdachat-page", "print.png"), FullPage = true });
    }

    internal static async Task EnterAsync(ChatPage page, string section, string system, string temperature, string topP, string maxTokens)
    {
        var fields = Section(page, section);
        await fields.GetByLabel("System prompt").FillAsync(system);
        await fields.GetByLabel("Temperature, 0–2", new() { Exact = true }).FillAsync(temperature);
        await fields.GetByLabel("Top-p, 0–1", new() { Exact = true }).FillAsync(topP);
        await fields.GetByLabel("Maximum tokens, 1–32,768", new() { Exact = true }).FillAsync(maxTokens);
    }

    private static ILocator Section(ChatPage page, string title) =>
        page.Page.Locator("dialog section")
            .Filter(new() { Has = page.Page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true }) });

    private string LastSettings(string text)
    {
        // Calls of other tests may have attachments, and so a list of parts.
        var body = fixture.Emulator.Calls
            .Last(call => call.Body["messages"]!.AsArray()[^1]!["content"] is JsonValue content && (string?)content == text).Body;
        var first = body["messages"]![0]!;
        var system = (string?)first["role"] == "system" ? (string?)first["content"] : "";
        return string.Join(' ', Numbers.Select(name => body[name]?.ToString()).Prepend(system));
    }
}
