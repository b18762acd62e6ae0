using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Stored replies after a long sleep of the device, and replies with unusual events or continuations.</summary>
public sealed class FollowedReplyTests(PageFixture fixture) : StoredPageTests(fixture)
{
    private const string Text = "First second third fourth fifth sixth seventh eighth.";

    [Fact]
    public async Task Device_ThatHasSlept_GoesOnTrying()
    {
        await using var proxy = new BreakableProxy(Url);
        await using var page = await BeginAsync(proxy.Url, page => page.Page.Clock.InstallAsync());
        var failures = new SemaphoreSlim(0); // Not disposed: requests may still fail at the end.
        page.Page.RequestFailed += (_, request) => _ = request.Method == "GET" && failures.Release() >= 0;
        proxy.Break();
        await Expect(page.Page.GetByText("Reconnecting")).ToBeVisibleAsync();
        for (var i = 0; i < 3; i++)
        {
            await FailureAsync();
        }

        await page.Page.Clock.FastForwardAsync("11:00"); // The third failure begins a pause of 4 seconds.
        await FailureAsync();
        proxy.Repair();
        Fixture.Emulator.Gates.Open(Gate, 100);

        await Expect(page.Answer).ToHaveTextAsync(Text);
        await Expect(page.Page.Locator(".notice.fault")).ToHaveCountAsync(0);

        async Task FailureAsync() => Assert.True(await failures.WaitAsync(WaitLimit.Duration, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Device_ThatHasSleptDuringAnAttempt_GoesOnTrying()
    {
        await using var proxy = new BreakableProxy(Url);
        await using var page = await BeginAsync(proxy.Url, page => page.Page.Clock.InstallAsync());
        var (begun, woken) = (new TaskCompletionSource(), new TaskCompletionSource());
        await page.Page.RouteAsync("**/v1/chat/completions/*", async route =>
        {
            begun.TrySetResult();
            await woken.Task;
            await route.AbortAsync();
        }, new() { Times = 1 });
        proxy.Break();
        proxy.Repair();
        await begun.Task.InTimeAsync();

        await page.Page.Clock.FastForwardAsync("11:00");
        woken.SetResult();
        Fixture.Emulator.Gates.Open(Gate, 100);

        await Expect(page.Answer).ToHaveTextAsync(Text);
        await Expect(page.Page.Locator(".notice.fault")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Continuation_StoppedBeforeItsResponse_DoesNotStopTheNextOne()
    {
        await using var page = await Fixture.OpenAsync($"{Url}#key={FunctionFixture.Key}");
        await page.ScriptAsync("""{"reasoning":[""],"content":["one two three"],"fault":{"kind":"model_stream_error","after":3}}""");
        await page.SendAsync("Count");
        var resume = page.Page.Locator(".notice").GetByRole(AriaRole.Button, new() { Name = "Continue", Exact = true });
        await resume.WaitForAsync();
        await page.ScriptAsync($$"""{"reasoning":[""],"content":[" late"],"gate":"{{Gate}}"}""");
        var cancel = page.Page.WaitForResponseAsync(response => response.Url.EndsWith("/cancel", StringComparison.Ordinal));
        await page.Page.RunAndWaitForRequestAsync(() => resume.ClickAsync(), sent => sent.Method == "POST");
        await page.Button("Stop").ClickAsync();
        await resume.WaitForAsync();
        await page.ScriptAsync($$"""{"reasoning":[""],"content":[" slow and steady"],"gate":"{{Gate}}2"}""");
        await resume.ClickAsync();
        Fixture.Emulator.Gates.Open($"{Gate}2", 2);
        await Expect(page.Answer).ToContainTextAsync("slow");

        Fixture.Emulator.Gates.Open(Gate, 3);
        await cancel;
        Fixture.Emulator.Gates.Open($"{Gate}2", 100);

        await Expect(page.Answer).ToContainTextAsync("slow and steady");
        await page.Stats.WaitForAsync();
        await Expect(page.Page.Locator(".notice")).ToHaveCountAsync(0);
        await Expect(page.Answer).Not.ToContainTextAsync("late");
    }

    [Fact]
    public async Task Reply_WithNumbersButWithoutAReadableId_IsShown()
    {
        await using var page = await Fixture.OpenAsync();
        await page.Page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream",
            Body = "id: 1\ndata: {\"choices\":[{\"delta\":{\"content\":\"Numbered.\"}}]}\n\ndata: [DONE]\n\n",
        }));

        await page.AskAsync("A question");

        await Expect(page.Answer).ToHaveTextAsync("Numbered.");
        await Expect(page.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    // Asks, and waits until the page shows a part of the reply.
    private async Task<ChatPage> BeginAsync(Uri url, Func<ChatPage, Task> prepare)
    {
        var page = await Fixture.OpenAsync("about:blank");
        await prepare(page);
        await page.GoToAsync($"{url}#key={FunctionFixture.Key}");
        await page.ScriptAsync(
            new JsonObject { ["reasoning"] = new JsonArray(""), ["content"] = new JsonArray(Text), ["gate"] = Gate }.ToJsonString());
        await page.SendAsync("Count");
        Fixture.Emulator.Gates.Open(Gate, 6);
        await Expect(page.Answer).ToContainTextAsync("fifth");
        return page;
    }
}
