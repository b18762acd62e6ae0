using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The chat list: folding, pinning, titles, search hits and the menu.</summary>
public sealed class SidebarTests(PageFixture fixture)
{
    private const string FirstChatIsSlow = """
        async () => {
          const whole = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
          const database = await whole(indexedDB.open("lambdachat"));
          const chats = await whole(database.transaction("chats").objectStore("chats").getAll());
          return chats.sort((a, b) => b.updated - a.updated)[0].title === "Slow";
        }
        """;

    private static readonly string[] Questions = ["An older question", "A newer question"];

    [Fact]
    public async Task Sidebar_Folded_StaysFoldedUntilItIsOpened()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Behind the fold");
        var sidebar = page.Page.Locator(".sidebar");
        await page.Button("Hide chats").ClickAsync();
        await Expect(sidebar).ToBeHiddenAsync();
        await Expect(page.Button("Chats")).ToBeFocusedAsync();
        await page.Page.ReloadAsync();
        await Expect(page.Messages).ToHaveCountAsync(2);
        await Expect(sidebar).ToBeHiddenAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await Expect(sidebar).ToBeHiddenAsync();

        await page.Page.Keyboard.PressAsync("Control+k");

        await Expect(sidebar).ToBeVisibleAsync();
        await Expect(page.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.Button("Hide chats").ClickAsync();
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
        var request = fixture.Emulator.Calls.Select(call => call.Body).Last(body =>
            body.ToJsonString() is var text && text.Contains("at most six words", StringComparison.Ordinal)
                && text.Contains("Why is it blue", StringComparison.Ordinal));
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

    [Theory]
    [InlineData("press")]
    [InlineData("focus")]
    [InlineData("rename")]
    public async Task Entry_InUseWhileTheListChanges_Stays(string use)
    {
        await using var page = await fixture.OpenAsync();
        var gate = $"page-entry-{use}";
        await page.ScriptAsync($$"""{"reasoning":[""],"content":["slow and steady"],"gate":"{{gate}}"}""");
        await page.SendAsync("Slow");
        fixture.Emulator.Gates.Open(gate, 2);
        await Expect(page.Answer).ToContainTextAsync("slow");
        await page.Button("New chat").ClickAsync();
        await page.SayAsync("Quick.");
        await page.AskAsync("Quick");
        var titles = page.Page.Locator(".chat .title");
        await Expect(titles).ToHaveTextAsync(["Quick", "Slow"]);
        switch (use)
        {
            case "press":
                await titles.Last.HoverAsync();
                await page.Page.Mouse.DownAsync();
                break;
            case "focus":
                await page.Button("More for Slow").FocusAsync();
                break;
            default:
                await MenuAsync(page, "Quick", "Rename");
                await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }).FillAsync("Quicker");
                break;
        }

        fixture.Emulator.Gates.Open(gate, 100);
        await page.Page.WaitForFunctionAsync(FirstChatIsSlow, null, new() { PollingInterval = 100 });

        switch (use)
        {
            case "press":
                await page.Page.Mouse.UpAsync();
                await Expect(page.Answer).ToHaveTextAsync("slow and steady");
                break;
            case "focus":
                await Expect(titles).ToHaveTextAsync(["Slow", "Quick"]);
                await Expect(page.Button("More for Slow")).ToBeFocusedAsync();
                break;
            default:
                await page.Page.Keyboard.TypeAsync(" still");
                await page.Page.Keyboard.PressAsync("Enter");
                await Expect(titles).ToHaveTextAsync(["Slow", "Quicker still"]);
                break;
        }
    }

    [Fact]
    public async Task Chat_ChosenLast_IsShown()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("An earlier chat");
        await page.Button("New chat").ClickAsync();
        await page.AskAsync("A later chat");
        await Expect(page.Page.Locator(".chat .title")).ToHaveCountAsync(2);

        await page.Page.EvaluateAsync("() => { document.querySelector('.chat:not(.current) .title').click(); document.querySelector('.new').click(); }");

        Assert.False(await page.Page.EvaluateAsync<bool>(FirstChatIsSlow)); // Reads the store after the page has.
        await Expect(page.Messages).ToHaveCountAsync(0);
        await Expect(page.Page).ToHaveURLAsync(fixture.Url.ToString());
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
