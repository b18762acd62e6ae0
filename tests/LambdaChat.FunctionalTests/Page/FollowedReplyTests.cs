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
        proxy.Break();
        await Expect(page.Page.GetByText("Reconnecting")).ToBeVisibleAsync();
        var failed = new TaskCompletionSource();
        page.Page.RequestFailed += (_, request) => _ = request.Method == "GET" && failed.TrySetResult();

        await page.Page.Clock.FastForwardAsync("11:00");
        await failed.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        proxy.Repair();
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
        await page.Page.RunAndWaitForRequestAsync(() => resume.ClickAsync(), sent => sent.Method == "POST");
        await page.Button("Stop").ClickAsync();
        await resume.WaitForAsync();
        await page.ScriptAsync($$"""{"reasoning":[""],"content":[" slow and steady"],"gate":"{{Gate}}2"}""");
        await resume.ClickAsync();
        Fixture.Emulator.Gates.Open($"{Gate}2", 2);
        await Expect(page.Answer).ToContainTextAsync("slow");

        var cancel = page.Page.WaitForResponseAsync(response => response.Url.EndsWith("/cancel", StringComparison.Ordinal));
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
