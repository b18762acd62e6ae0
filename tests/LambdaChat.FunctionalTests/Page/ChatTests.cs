using LambdaChat.Local.SageMaker;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>A question and its answer, as a user sees them.</summary>
public sealed class ChatTests(PageFixture fixture)
{
    private const string Question = "9.11 and 9.8, which is greater?";

    [Fact]
    public async Task Question_Sent_ShowsThinkingAndAnswer()
    {
        await using var page = await fixture.OpenAsync();

        await page.AskAsync(Question);

        var (reasoning, _) = Script.Answer(Question);
        await Expect(page.Answer.Locator("strong")).ToHaveTextAsync("9.8 is greater than 9.11.");
        await Expect(page.Thinking.Locator(".thought")).ToHaveTextAsync(reasoning);
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Link_WithKey_TakesItOutOfTheAddressAndKeepsItForTheVisitOnly()
    {
        await using var page = await fixture.OpenAsync();

        await Expect(page.Page.Locator("select.model")).ToHaveTextAsync("r1seeingicy");
        Assert.Equal(fixture.Url.ToString(), page.Page.Url);
        await page.Page.ReloadAsync();
        await Expect(page.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog, new() { Name = "API key" })).ToBeVisibleAsync();
    }
}
