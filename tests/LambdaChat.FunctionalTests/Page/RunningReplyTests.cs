using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>A reply that runs in one tab, seen from another one.</summary>
public sealed class RunningReplyTests(PageFixture fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tab_OpenedDuringTheReplyOfAnother_ShowsThatItRuns(bool isClosed)
    {
        await using var page = await fixture.OpenAsync();
        var gate = $"page-elsewhere-{isClosed}";
        await fixture.BeginAsync(page, gate);
        var second = await page.OpenTabAsync();
        await Expect(second.Page.Locator(".notice")).ToHaveTextAsync("Another tab is receiving the reply.");
        await Expect(second.Button("Continue")).ToHaveCountAsync(0);

        await (isClosed ? page.Page.CloseAsync(new() { RunBeforeUnload = true }) : Task.CompletedTask);
        fixture.Emulator.Gates.Open(gate, 100);

        if (isClosed)
        {
            await Expect(second.Page.Locator(".notice strong")).ToHaveTextAsync("The page was closed during the reply.");
            await Expect(second.Button("Continue")).ToBeVisibleAsync();
        }
        else
        {
            await Expect(second.Answer).ToHaveTextAsync("slow and steady");
            await Expect(second.Page.Locator(".notice")).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Tab_OpenWhenAnotherAsks_ShowsNoError()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("First");
        var second = await page.OpenTabAsync();
        await Expect(second.Messages).ToHaveCountAsync(2);

        await fixture.BeginAsync(page, "page-asks-elsewhere");

        await Expect(second.Page.Locator(".notice")).ToHaveTextAsync("Another tab is receiving the reply.");
        fixture.Emulator.Gates.Open("page-asks-elsewhere", 100);
        await Expect(second.Answer).ToHaveTextAsync("slow and steady");
        await Expect(second.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Message_QueuedWhileAnotherTabSends_FollowsIt()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("First");
        var second = await page.OpenTabAsync();
        await Expect(second.Messages).ToHaveCountAsync(2);
        await fixture.BeginAsync(page, "page-queue-elsewhere");
        await page.SendAsync("Queued");
        await Expect(page.Page.Locator(".queued")).ToContainTextAsync("Queued: Queued");
        await Expect(second.Messages).ToHaveCountAsync(4);
        await second.AskAsync("Third");

        fixture.Emulator.Gates.Open("page-queue-elsewhere", 100);

        foreach (var tab in new[] { page, second })
        {
            await Expect(tab.Page.Locator("article.user .bubble")).ToHaveTextAsync(["First", "Slow", "Third", "Queued"]);
            await Expect(tab.Stats).ToBeVisibleAsync();
        }
    }
}
