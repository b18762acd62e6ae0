using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Two tabs show what either of them has written, so that none overwrites the messages of the other.</summary>
public sealed class TabTests(PageFixture fixture)
{
    [Fact]
    public async Task Chat_OpenInTwoTabs_HasTheMessagesOfBoth()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("One.");
        await page.AskAsync("First");
        var second = await OpenTabAsync(page);
        await Expect(second.Answer).ToHaveTextAsync("One.");

        await page.SayAsync("Two.");
        await page.AskAsync("Second");
        await Expect(second.Messages).ToHaveCountAsync(4);
        await second.SayAsync("Three.");
        await second.AskAsync("Third");

        await Expect(page.Messages).ToHaveCountAsync(6);
        await Expect(page.Answer).ToHaveTextAsync("Three.");
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First", "Second", "Third"]);
    }

    [Fact]
    public async Task Chat_DeletedInAnotherTab_Closes()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Deleted elsewhere");
        var second = await OpenTabAsync(page);
        await Expect(second.Messages).ToHaveCountAsync(2);

        await page.Button("More for Deleted elsewhere").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Expect(second.Messages).ToHaveCountAsync(0);
        await Expect(second.Page.Locator(".chat")).ToHaveCountAsync(0);
        await Expect(second.Page).ToHaveURLAsync(fixture.Url.ToString());
    }

    private static async Task<ChatPage> OpenTabAsync(ChatPage page)
    {
        var tab = new ChatPage(await page.Page.Context.NewPageAsync());
        await tab.GoToAsync(page.Page.Url.Replace("#", $"#key={FunctionFixture.Key}&", StringComparison.Ordinal));
        return tab;
    }
}
