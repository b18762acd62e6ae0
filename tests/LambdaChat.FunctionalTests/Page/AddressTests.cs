using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Each chat has an address, and the browser's navigation works with it.</summary>
public sealed partial class AddressTests(PageFixture fixture)
{
    [Fact]
    public async Task Chat_Sent_HasAnAddressThatAReloadOpens()
    {
        await using var page = await fixture.OpenAsync();
        await Expect(page.Page).ToHaveURLAsync(fixture.Url.ToString());
        await page.SayAsync("An answer.");
        await page.AskAsync("A question with an address");
        await Expect(page.Page).ToHaveURLAsync(ChatAddress());

        await page.Page.ReloadAsync();

        await Expect(page.Answer).ToHaveTextAsync("An answer.");
        await page.AskAsync("On at this address");
        await Expect(page.Messages).ToHaveCountAsync(4);
    }

    [Fact]
    public async Task Back_AfterAnotherChat_OpensTheEarlierOne()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("The first chat");
        await Expect(page.Page).ToHaveTitleAsync("The first chat – LambdaChat");
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await Expect(page.Page).ToHaveTitleAsync("LambdaChat");
        await Expect(page.Page).ToHaveURLAsync(fixture.Url.ToString());
        await page.AskAsync("The second chat");

        await page.Page.GoBackAsync();
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync("The first chat");
        await page.Page.GoForwardAsync();
        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync("The second chat");
    }

    [Fact]
    public async Task Address_OfAnUnknownChat_OpensANewOne()
    {
        await fixture.ReadyAsync();
        await using var page = await fixture.OpenAsync($"{fixture.Url}#key={FunctionFixture.Key}&chat=nothing");
        await Expect(page.Page).ToHaveURLAsync(fixture.Url.ToString());

        await page.AskAsync("A new chat");

        await Expect(page.Messages).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Chat_Deleted_LeavesTheAddress()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("To be deleted with its address");
        await page.Button("More for To be deleted with its address").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Expect(page.Page).ToHaveURLAsync(fixture.Url.ToString());
    }

    [GeneratedRegex("#chat=[0-9-]+$")]
    private static partial Regex ChatAddress();
}
