using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The chat list: folding, pinning, titles, search hits and the menu.</summary>
public sealed class SidebarTests(PageFixture fixture)
{
    private static readonly string[] Questions = ["An older question", "A newer question"];

    [Fact]
    public async Task Sidebar_Folded_StaysFoldedUntilItIsOpened()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Behind the fold");
        var sidebar = page.Page.Locator(".sidebar");
        await page.Button("Hide the chats").ClickAsync();
        await Expect(sidebar).ToBeHiddenAsync();
        await Expect(page.Button("Chats")).ToBeFocusedAsync();
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("select.model")).ToBeVisibleAsync();
        await Expect(sidebar).ToBeHiddenAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await Expect(sidebar).ToBeHiddenAsync();

        await page.Page.Keyboard.PressAsync("Control+k");

        await Expect(sidebar).ToBeVisibleAsync();
        await Expect(page.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.Button("Hide the chats").ClickAsync();
        await page.Button("Chats").ClickAsync();
        await Expect(sidebar).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Chat_Pinned_IsFirst()
    {
        await using var page = await fixture.OpenAsync();
        foreach (var question in Questions)
        {
            await page.Button("New chat").ClickAsync();
            await page.AskAsync(question);
        }

        await MenuAsync(page, Questions[0], "Pin");
        await Expect(Entries(page)).ToHaveTextAsync(["Pinned", Questions[0], "Today", Questions[1]]);
        await page.Page.ReloadAsync();
        await Expect(Entries(page)).ToHaveTextAsync(["Pinned", Questions[0], "Today", Questions[1]]);
        await MenuAsync(page, Questions[0], "Unpin");

        await Expect(Entries(page)).ToHaveTextAsync(["Today", Questions[1], Questions[0]]);
    }

    [Theory]
    [InlineData("Why is the sky blue? Explain it to a child.", "Why is the sky blue?")]
    [InlineData("Version 3.11 of Python\nis what I use. What is new?", "Version 3.11 of Python is what I use.")]
    [InlineData("为什么天空是蓝色的？请给孩子解释。", "为什么天空是蓝色的？")]
    public async Task Title_OfAChat_IsItsFirstSentence(string question, string title)
    {
        await using var page = await fixture.OpenAsync();

        await page.AskAsync(question);

        await Expect(page.Page.Locator(".chat .title")).ToHaveTextAsync(title);
    }

    [Fact]
    public async Task Title_OfTheOpenChat_HasTheFullWidth()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Compare two small countries");

        await page.Input.HoverAsync();

        Assert.True(await page.Page.Locator(".chat .title").EvaluateAsync<bool>("title => title.scrollWidth <= title.clientWidth"));
    }

    [Fact]
    public async Task Title_ByTheModel_ReplacesTheFirstSentence()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("It scatters.");
        await page.AskAsync("Why is it blue");
        await page.SayAsync("**\"The color of the sky\"**\n\nIs this short enough?", "A short title.");

        await MenuAsync(page, "Why is it blue", "Generate a title");

        await Expect(page.Page.Locator(".chat .title")).ToHaveTextAsync("The color of the sky");
        var request = fixture.Emulator.Calls.Last(
            call => call.Body.ToJsonString().Contains("at most six words", StringComparison.Ordinal)).Body;
        Assert.StartsWith("user: Why is it blue\n\nassistant: It scatters.\n\nGive this chat a title",
            (string?)request["messages"]![0]!["content"], StringComparison.Ordinal);
        await page.ScriptAsync("""{"fault":{"kind":"access_denied"} }""");
        await MenuAsync(page, "The color of the sky", "Generate a title");
        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("The model did not return a title.");
        await Expect(page.Page.Locator(".chat .title")).ToHaveTextAsync("The color of the sky");
    }

    [Fact]
    public async Task Search_Hit_IsMarkedInItsContext()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("This sentence is long enough to be cut at its start before it names the Pomelo as a fruit.");
        await page.AskAsync("A fruit");

        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("pomelo");

        await Expect(page.Page.Locator(".chat .hit mark")).ToHaveTextAsync("Pomelo");
        await Expect(page.Page.Locator(".chat .hit")).ToHaveTextAsync("…before it names the Pomelo as a fruit.");
    }

    [Fact]
    public async Task Menu_ByKeyboard_MovesAndCloses()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("A menu");
        var more = page.Button("More for A menu");
        await more.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Entry(page, "Pin")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(Entry(page, "Rename")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("ArrowUp");
        await page.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(Entry(page, "Delete")).ToBeFocusedAsync();

        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(page.Page.Locator(".menu")).ToHaveCountAsync(0);
        await Expect(more).ToBeFocusedAsync();
        await more.ClickAsync();
        await Expect(page.Page.Locator(".menu")).ToBeVisibleAsync();
        await more.ClickAsync();
        await Expect(page.Page.Locator(".menu")).ToHaveCountAsync(0);
    }

    private static ILocator Entries(ChatPage page) => page.Page.Locator(".chats li");

    private static ILocator Entry(ChatPage page, string name) =>
        page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static async Task MenuAsync(ChatPage page, string title, string entry)
    {
        await page.Button($"More for {title}").ClickAsync();
        await Entry(page, entry).ClickAsync();
    }
}
