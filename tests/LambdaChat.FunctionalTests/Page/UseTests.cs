using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Queued messages, the place of the reader, folded questions, statistics, details of errors and tool calls.</summary>
public sealed class UseTests(PageFixture fixture)
{
    private static string Long(string word) =>
        string.Join("\n\n",
            Enumerable.Range(1, 60).Select(i => $"{word} {i}: a paragraph of some length, so that it takes a line or two of the page."));

    [Fact]
    public async Task Send_WhileTheBoxIsEmpty_IsDisabled()
    {
        await using var page = await fixture.OpenAsync();
        await Expect(page.Button("Send")).ToBeDisabledAsync();
        await page.Input.FillAsync(" ");
        await Expect(page.Button("Send")).ToBeDisabledAsync();

        await page.Input.FillAsync("x");

        await Expect(page.Button("Send")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task Message_SentWhileAReplyStreams_IsQueuedAndSentAfterIt()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["one two three"],"gate":"page-queue"}""");
        await page.SendAsync("Slow");
        fixture.Emulator.Gates.Open("page-queue", 2);
        await Expect(page.Answer).ToContainTextAsync("one");

        await page.Input.FillAsync("Next");
        await page.Button("Send").ClickAsync();
        await Expect(page.Page.Locator(".queued")).ToContainTextAsync("Queued: Next");
        await Expect(page.Messages).ToHaveCountAsync(2);
        await page.SayAsync("The next answer.");
        fixture.Emulator.Gates.Open("page-queue", 100);

        await Expect(page.Messages).ToHaveCountAsync(4);
        await Expect(page.Answer).ToHaveTextAsync("The next answer.");
        await Expect(page.Page.Locator(".queued")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Message_QueuedBehindAStoppedReply_ReturnsToTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["one two three"],"gate":"page-unqueue"}""");
        await page.SendAsync("Slow");
        fixture.Emulator.Gates.Open("page-unqueue", 2);
        await Expect(page.Answer).ToContainTextAsync("one");
        await page.Input.FillAsync("Later");
        await page.Input.PressAsync("Enter");

        await page.Button("Stop").ClickAsync();

        await Expect(page.Input).ToHaveValueAsync("Later");
        await Expect(page.Page.Locator(".queued")).ToBeEmptyAsync();
        fixture.Emulator.Gates.Open("page-unqueue", 100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thinking_WhileTheReaderIsInIt_StaysOpenAndKeepsThePlace(bool byClick)
    {
        await using var page = await fixture.OpenAsync();
        var gate = $"page-place-{byClick}";
        await page.ScriptAsync(new System.Text.Json.Nodes.JsonObject
        {
            ["reasoning"] = new System.Text.Json.Nodes.JsonArray(Long("thought")),
            ["content"] = new System.Text.Json.Nodes.JsonArray(Long("answer")),
            ["gate"] = gate,
        }.ToJsonString());
        await page.SendAsync("Think at length");
        fixture.Emulator.Gates.Open(gate, 500);
        await Expect(page.Thinking).ToContainTextAsync("thought 20:");
        await page.Page.Mouse.MoveAsync(600, 400);
        if (byClick)
        {
            await page.Thinking.GetByText("thought 20:").ClickAsync();
        }
        else
        {
            await page.Page.Mouse.WheelAsync(0, -200);
            await page.Page.WaitForFunctionAsync(
                "() => { const s = document.querySelector('.scroller'); return s.scrollHeight - s.scrollTop - s.clientHeight > 100; }");
        }

        var place = await page.PlaceAsync();
        fixture.Emulator.Gates.Open(gate, 1500);
        await Expect(page.Answer).ToContainTextAsync("answer 10:");

        await Expect(page.Thinking).ToHaveJSPropertyAsync("open", true);
        Assert.Equal(place, await page.PlaceAsync());
        await Expect(page.Button("Jump to the latest message")).ToBeVisibleAsync();
        await page.Button("Jump to the latest message").ClickAsync();
        fixture.Emulator.Gates.Open(gate, 5000);
        await page.Stats.WaitForAsync();
        await Expect(page.Answer.GetByText("answer 60:")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Statistics_BehindTheButton_AreShownOnRequest()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Statistics");
        await Expect(page.Stats.Locator("span")).ToBeHiddenAsync();

        await page.Stats.Locator("summary").ClickAsync();

        await Expect(page.Stats.Locator("span")).ToContainTextAsync("tokens");
    }

    [Fact]
    public async Task Question_Long_IsFolded()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync(string.Join('\n', Enumerable.Range(1, 40).Select(i => $"line {i}")));
        var bubble = page.Page.Locator("article.user .bubble");
        var folded = (await bubble.BoundingBoxAsync())!.Height;

        await page.Button("Show more").ClickAsync();

        Assert.InRange((await bubble.BoundingBoxAsync())!.Height, folded * 2, 2000);
        await page.Button("Show less").ClickAsync();
        Assert.Equal(folded, (await bubble.BoundingBoxAsync())!.Height);
    }

    [Fact]
    public async Task Fault_Details_AreHiddenAndCanBeCopied()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"fault":{"kind":"access_denied"} }""");
        await page.SendAsync("Fail");
        var details = page.Page.Locator(".notice.fault .details");
        await Expect(page.Page.Locator(".notice.fault strong")).ToBeVisibleAsync();
        await Expect(details).ToBeHiddenAsync();

        await page.Page.Locator(".notice.fault summary").ClickAsync();
        using var clipboard = await Clipboard.UseAsync(page);
        await page.Button("Copy details").ClickAsync();

        await clipboard.ExpectAsync("upstream_access_denied", isPart: true);
    }

    [Fact]
    public async Task Reply_ThatCallsATool_ShowsTheCall()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream",
            Body = """
                data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"get_weather","arguments":"{\"city\":"}}]}}]}

                data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Bern\"}"}}]},"finish_reason":"tool_calls"}]}

                data: [DONE]


                """,
        }));

        await page.AskAsync("What is the weather?");

        await Expect(page.Page.Locator(".tool strong")).ToHaveTextAsync("Tool call: get_weather");
        await Expect(page.Page.Locator(".tool pre")).ToHaveTextAsync("""{"city":"Bern"}""");
        await Expect(page.Page.GetByText("This page does not run tools.")).ToBeVisibleAsync();
        await page.Button("More for What is the weather?").ClickAsync();
        var export = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByText("Export as Markdown").ClickAsync());
        Assert.EndsWith("**Tool call: get_weather**\n\n```json\n{\"city\":\"Bern\"}\n```\n",
            await File.ReadAllTextAsync(await export.PathAsync(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Phone_AtStart_DoesNotFocusTheBox()
    {
        await using var page = await fixture.OpenAsync(configure: options =>
        {
            options.HasTouch = true;
            options.IsMobile = true;
            options.ViewportSize = new() { Width = 360, Height = 740 };
        });
        await page.Page.AddInitScriptAsync(
            "window.focused = []; addEventListener('focusin', (event) => window.focused.push(event.target.localName), true);");
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        await page.Page.EvaluateAsync("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

        await Expect(page.Input).Not.ToBeFocusedAsync();
        Assert.Empty(await page.Page.EvaluateAsync<string[]>("window.focused"));
    }

    [Fact]
    public async Task EmptyPage_Example_FillsTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await Expect(page.Page.Locator(".examples button")).ToHaveCountAsync(3);
        var box = (await page.Input.BoundingBoxAsync())!;
        Assert.InRange(box.Y, 200, 600); // In the middle of the page.

        await page.Button("Compare TCP and UDP in a table").ClickAsync();

        await Expect(page.Input).ToHaveValueAsync("Compare TCP and UDP in a table");
        await page.Input.PressAsync("Enter");
        await page.Stats.WaitForAsync();
        Assert.InRange((await page.Input.BoundingBoxAsync())!.Y, 650, 800);
        await Expect(page.Page.Locator(".empty")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Shortcuts_SearchAndNewChat()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("An apple a day");
        await page.Page.Keyboard.PressAsync("Control+k");
        await Expect(page.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.Page.Keyboard.TypeAsync("APPLE");
        await Expect(page.Page.Locator(".chat mark")).ToHaveTextAsync("apple");

        await page.Page.Keyboard.PressAsync("Control+Shift+O");

        await Expect(page.Messages).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Chats_InTheSidebar_AreGroupedByDay()
    {
        await using var page = await fixture.OpenAsync();
        var noon = new DateTimeOffset(DateTime.Today.AddHours(12));
        await page.Page.Clock.SetFixedTimeAsync(noon.UtcDateTime);
        await page.AskAsync("A chat of today");
        var chats = string.Join(',', ((int[])[1, 3, 40]).Select(
            days => $$"""{"title":"{{days}}","updated":{{noon.AddDays(-days).ToUnixTimeMilliseconds()}},"messages":[]}"""));
        await page.Button("Settings").ClickAsync();
        await page.Page.Locator("dialog input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "chats.json",
            MimeType = "application/json",
            Buffer = System.Text.Encoding.UTF8.GetBytes($$"""{"format":"lambdachat","version":1,"chats":[{{chats}}]}"""),
        });

        await Expect(page.Page.Locator(".chats li"))
            .ToHaveTextAsync(["Today", "A chat of today", "Yesterday", "1", "Last 7 days", "3", "Earlier", "40"]);
    }
}
