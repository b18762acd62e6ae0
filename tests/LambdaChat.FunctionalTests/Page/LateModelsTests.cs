using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Messages that are sent, and replies that are requested, before the models are loaded.</summary>
public sealed class LateModelsTests(PageFixture fixture)
{
    private readonly TaskCompletionSource _arrival = new();

    [Fact]
    public async Task Messages_Several_FollowEachOther()
    {
        await using var page = await OpenAsync();
        await EnterAsync(page, "The first before the models");
        await EnterAsync(page, "The second before the models");

        _arrival.SetResult();

        await Expect(page.Page.Locator("article.assistant .stats")).ToHaveCountAsync(2);
        var messages = fixture.Emulator.Calls.Select(call => call.Body["messages"]!.AsArray())
            .Last(messages => messages[^1]!["content"]!.ToString() == "The second before the models");
        Assert.Equal(["The first before the models", "Loaded.", "The second before the models"],
            messages.Select(message => (string?)message!["content"]));
    }

    [Fact]
    public async Task Message_WhenAnotherChatIsOpenedMeanwhile_ReturnsToTheBox()
    {
        await using var page = await OpenAsync();
        await EnterAsync(page, "For the first chat");
        await page.Button("New chat").ClickAsync();

        _arrival.SetResult();

        await Expect(page.Input).ToHaveValueAsync("For the first chat");
        await Expect(page.Messages).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Message_WhenTheModelsAreNotLoaded_ReturnsInFrontOfWhatWasWrittenMeanwhile()
    {
        await using var page = await OpenAsync();
        await EnterAsync(page, "Not sent");
        await page.Input.FillAsync("Written meanwhile");
        await page.Page.Context.SetOfflineAsync(true);

        _arrival.SetException(new IOException());

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("You are offline. The message was not sent.");
        await Expect(page.Input).ToHaveValueAsync("Not sent\n\nWritten meanwhile");
    }

    [Fact]
    public async Task Messages_WhenThePageIsClosedMeanwhile_AreInTheBoxAfterAReload()
    {
        await using var page = await OpenAsync();
        await EnterAsync(page, "The first before the models");
        await EnterAsync(page, "The second before the models");
        await page.Input.FillAsync("Draft");

        await page.Page.ReloadAsync();

        await Expect(page.Input).ToHaveValueAsync("The first before the models\n\nThe second before the models\n\nDraft");
        _arrival.SetResult();
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        await Expect(page.Messages).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("Ask again", "Loaded.")]
    [InlineData("Continue", "one twoLoaded.")]
    [InlineData("Edit", "Loaded.")]
    public async Task Reply_RequestedAgain_IsThatOfTheModel(string name, string answer)
    {
        await using var page = await ReopenAsync();
        await (name == "Edit"
            ? EditAsync(page, "Changed")
            : page.Page.Locator(".notice").GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync());

        _arrival.SetResult();

        await Expect(page.Answer).ToHaveTextAsync(answer);
        await page.Stats.WaitForAsync();
        await Expect(page.Page.Locator(".notice")).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync([name == "Edit" ? "Changed" : "A chat before the models"]);
    }

    [Fact]
    public async Task Edit_WhenTheModelsAreNotLoaded_ReturnsToTheBox()
    {
        await using var page = await ReopenAsync();
        await EditAsync(page, "Changed");
        await page.Page.Context.SetOfflineAsync(true);

        _arrival.SetException(new IOException());

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("You are offline. The message was not sent.");
        await Expect(page.Input).ToHaveValueAsync("Changed");
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(["A chat before the models"]);
    }

    [Fact]
    public async Task Title_Requested_IsThatOfTheModel()
    {
        await using var page = await ReopenAsync();
        await page.Button("More for A chat before the models").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Generate a title" }).ClickAsync();

        _arrival.SetResult();

        await Expect(page.Page.Locator(".chat .title")).ToHaveTextAsync("Loaded.");
    }

    private async Task<ChatPage> OpenAsync()
    {
        var page = await fixture.OpenAsync("about:blank");
        await HoldModelsAsync(page);
        await page.GoToAsync(fixture.Link);
        return page;
    }

    // A chat with an interrupted reply, opened again.
    private async Task<ChatPage> ReopenAsync()
    {
        var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["one two three four"],"fault":{"kind":"model_stream_error","after":3}}""");
        await page.AskAsync("A chat before the models");
        await page.StoredAsync();
        await HoldModelsAsync(page);
        await page.Page.ReloadAsync();
        await Expect(page.Button("Continue")).ToBeVisibleAsync();
        return page;
    }

    private async Task HoldModelsAsync(ChatPage page)
    {
        await page.SayAsync("Loaded.");
        await page.Page.RouteAsync("**/v1/models", async route =>
        {
            try
            {
                await _arrival.Task;
                await route.ContinueAsync();
            }
            catch (IOException)
            {
                await route.AbortAsync();
            }
        });
    }

    private static async Task EditAsync(ChatPage page, string text)
    {
        await page.Messages.First.HoverAsync();
        await page.Button("Edit").ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" }).FillAsync(text);
        await page.Page.Keyboard.PressAsync("Enter");
    }

    private static async Task EnterAsync(ChatPage page, string text)
    {
        await page.Input.FillAsync(text);
        await page.Input.PressAsync("Enter");
    }
}
