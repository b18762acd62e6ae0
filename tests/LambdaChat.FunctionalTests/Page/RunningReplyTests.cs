using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>A reply that runs in one tab, seen from another one.</summary>
public sealed class RunningReplyTests(PageFixture fixture)
{
    private const string Elsewhere = "Another tab is receiving the reply.";
    private const string Closed = "The page was closed during the reply.";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tab_OpenedDuringTheReplyOfAnother_ShowsThatItRuns(bool isClosed)
    {
        await using var page = await fixture.OpenAsync();
        var gate = $"page-elsewhere-{isClosed}";
        await fixture.BeginAsync(page, gate);
        var second = await page.OpenTabAsync();
        await Expect(Notices(second)).ToHaveTextAsync([Elsewhere]);
        await Expect(second.Button("Continue")).ToHaveCountAsync(0);

        if (isClosed)
        {
            fixture.Emulator.Gates.Open(gate, 1);
            await Expect(page.Answer).ToHaveTextAsync("slow and steady");
            await page.Page.CloseAsync(new() { RunBeforeUnload = true });
            await Expect(second.Answer).ToHaveTextAsync("slow and steady"); // The page saves text every 2 s only.
            await Expect(Notices(second)).ToHaveTextAsync([Closed]);
            await Expect(second.Button("Continue")).ToBeVisibleAsync();
        }

        fixture.Emulator.Gates.Open(gate, 100);
        if (!isClosed)
        {
            await Expect(second.Answer).ToHaveTextAsync("slow and steady");
            await Expect(Notices(second)).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Tab_OpenWhenAnotherAsks_ShowsNoErrorButThatOfAnEarlierReply()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("First");
        await page.Page.EvaluateAsync("""
            async () => {
              const { openStore } = await import("/assets/store.js");
              const store = await openStore();
              const [{ id }] = await store.chats();
              const [, answer] = await store.messages(id);
              await store.change(id, 0, (chat) => ({ chat, records: [{ ...answer, fault: { code: "interrupted", message: "" } }] }));
              new BroadcastChannel("lambdachat").postMessage(null);
            }
            """);
        await Expect(Notices(page)).ToHaveTextAsync([Closed]);
        var second = await page.OpenTabAsync();
        await Expect(second.Messages).ToHaveCountAsync(2);

        await fixture.BeginAsync(page, "page-asks-elsewhere");

        await Expect(Notices(second)).ToHaveTextAsync([Closed, Elsewhere]);
        fixture.Emulator.Gates.Open("page-asks-elsewhere", 100);
        await Expect(second.Answer).ToHaveTextAsync("slow and steady");
        await Expect(Notices(second)).ToHaveTextAsync([Closed]);
    }

    // As when the lock of a closed tab ends before its last text arrives.
    [Fact]
    public async Task Text_OfAClosedTab_IsShownWhenItArrives()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("A part.");
        await page.AskAsync("First");
        await page.StoredAsync();
        var second = await page.OpenTabAsync();
        await Expect(second.Answer).ToHaveTextAsync("A part.");

        await page.Page.EvaluateAsync("""
            async () => {
              const { openStore } = await import("/assets/store.js");
              const store = await openStore();
              const [{ id }] = await store.chats();
              const [, answer] = await store.messages(id);
              const message = { ...answer, fault: { code: "interrupted", message: "" } };
              await store.change(id, 0, (chat) => ({ chat, records: [message] }));
              const kept = [{ message: { ...message, text: "A part, and the rest." }, values: {} }];
              localStorage.setItem("lambdachat.closing", JSON.stringify(kept));
            }
            """);

        await Expect(second.Answer).ToHaveTextAsync("A part, and the rest.");
        await Expect(Notices(second)).ToHaveTextAsync([Closed]);
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

    private static ILocator Notices(ChatPage page) => page.Page.Locator(".notice strong");
}
