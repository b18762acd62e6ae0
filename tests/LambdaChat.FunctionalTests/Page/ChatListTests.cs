using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The chat list around a change of the clocks, and hits behind a letter whose lower case is longer.</summary>
public sealed class ChatListTests(PageFixture fixture)
{
    [Theory]
    [InlineData("2026-10-26T12:00:00+01:00", "2026-10-25T00:20:00+02:00", "Yesterday")] // A day of 25 hours.
    [InlineData("2026-10-26T00:10:00+01:00", "2026-10-24T23:50:00+02:00", "Last 7 days")]
    [InlineData("2026-03-30T12:00:00+02:00", "2026-03-28T23:50:00+01:00", "Last 7 days")] // A day of 23 hours is in between.
    [InlineData("2026-03-30T00:10:00+02:00", "2026-03-29T00:20:00+01:00", "Yesterday")]
    public async Task Chat_OfAnotherDay_IsBelowItsName(string now, string updated, string day)
    {
        await using var page = await fixture.OpenAsync("about:blank", options => options.TimezoneId = "Europe/Berlin");
        await page.Page.Clock.SetFixedTimeAsync(DateTimeOffset.Parse(now, null).UtcDateTime);
        await page.GoToAsync(fixture.Link);

        await ImportAsync(page, "A chat", DateTimeOffset.Parse(updated, null).ToUnixTimeMilliseconds());

        await Expect(page.Page.Locator(".chats li")).ToHaveTextAsync([day, "A chat"]);
    }

    [Theory]
    [InlineData("İİİ and Ankara", "ank", "Ank")]
    [InlineData("Trains to İstanbul", "istanbul", "İstanbul")]
    public async Task Search_BehindALongLetter_MarksTheHit(string title, string text, string marked)
    {
        await using var page = await fixture.OpenAsync();
        await ImportAsync(page, title, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync(text);

        await Expect(page.Page.Locator(".chat mark")).ToHaveTextAsync(marked);
    }

    private static async Task ImportAsync(ChatPage page, string title, long updated)
    {
        await page.Button("Settings").ClickAsync();
        await page.Page.Locator("dialog input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "chats.json",
            MimeType = "application/json",
            Buffer = System.Text.Encoding.UTF8.GetBytes(
                $$"""{"format":"lambdachat","version":1,"chats":[{"title":"{{title}}","updated":{{updated}},"messages":[]}]}"""),
        });
        await page.Page.Locator(".chat .title").WaitForAsync();
    }
}
