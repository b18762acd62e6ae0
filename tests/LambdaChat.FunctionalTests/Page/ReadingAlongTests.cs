using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>A streaming reply: scrolling, layout stability, screen reader announcements, keyboard focus and language.</summary>
public sealed class ReadingAlongTests(PageFixture fixture)
{
    private const string Paragraphs = "A paragraph of some length, so that it takes a line or two of the page and a little more.";

    private static string Long => string.Join("\n\n", Enumerable.Range(1, 60).Select(i => $"{i}: {Paragraphs}"));

    [Theory]
    [InlineData(400)]
    [InlineData(20)] // A step of a smooth scroll.
    public async Task Scroll_WhileStreaming_FollowsUntilTheUserScrollsUp(int pixels)
    {
        await using var page = await fixture.OpenAsync();
        var gate = $"page-scroll-{pixels}";
        await page.ScriptAsync(
            $$"""{"reasoning":[""],"content":[{{System.Text.Json.JsonSerializer.Serialize(Long)}}],"gate":"{{gate}}"}""");
        await page.SendAsync("At length, please");
        fixture.Emulator.Gates.Open(gate, 500);
        await Expect(page.Answer).ToContainTextAsync("20: ");
        await ExpectAtEndAsync(page, true);
        await Expect(page.Button("Jump to the latest message")).ToBeHiddenAsync();

        await page.Page.Mouse.MoveAsync(600, 400);
        await page.Page.Mouse.WheelAsync(0, -pixels);
        await page.Page.WaitForFunctionAsync(
            "() => { const s = document.querySelector('.scroller'); return s.scrollHeight - s.scrollTop - s.clientHeight > 10; }");
        var place = await page.PlaceAsync();
        fixture.Emulator.Gates.Open(gate, 500);
        await Expect(page.Answer).ToContainTextAsync("40: ");
        Assert.Equal(place, await page.PlaceAsync());

        await page.Button("Jump to the latest message").ClickAsync();
        await ExpectAtEndAsync(page, true);
        fixture.Emulator.Gates.Open(gate, 5000);
        await page.Stats.WaitForAsync();
        await ExpectAtEndAsync(page, true);
    }

    [Fact]
    public async Task Layout_WhileStreaming_DoesNotShift()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Something before");
        await page.Page.EvaluateAsync("""
            () => {
              window.shifts = [];
              const keep = (entries) => entries.forEach((entry) => window.shifts.push(entry.value));
              const observer = new PerformanceObserver((list) => keep(list.getEntries()));
              observer.observe({ type: "layout-shift", buffered: false });
              window.takeShifts = () => {
                keep(observer.takeRecords());
                return window.shifts.reduce((sum, value) => sum + value, 0);
              };
            }
            """);
        Assert.True(await page.Page.EvaluateAsync<bool>("PerformanceObserver.supportedEntryTypes.includes('layout-shift')"));
        await page.ScriptAsync(
            """{"reasoning":[""],"content":["# Head\n\nSome *text* here.\n\n```js\nconst a = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two"],"pace_ms":5}""");
        await page.AskAsync("A short one");

        Assert.InRange(await page.Page.EvaluateAsync<double>("window.takeShifts()"), 0, 0.02);
    }

    [Fact]
    public async Task ScreenReader_AnnouncesTheAnswerOnce()
    {
        await using var page = await fixture.OpenAsync();
        await Expect(page.Page.Locator("[aria-live]")).ToHaveCountAsync(1);
        await page.Page.EvaluateAsync("""
            () => {
              window.heard = [];
              for (const live of document.querySelectorAll("[aria-live]")) {
                new MutationObserver(() => window.heard.push(live.textContent)).observe(live, { childList: true, characterData: true, subtree: true });
              }
            }
            """);
        await page.ScriptAsync("""{"reasoning":["A thought"],"content":["The whole answer in several words"],"pace_ms":5}""");
        await page.AskAsync("Speak");
        await page.Page.WaitForFunctionAsync("() => window.heard.length > 0");

        Assert.Equal(["Answer: The whole answer in several words"], await page.Page.EvaluateAsync<string[]>("window.heard"));
    }

    [Theory]
    [InlineData("""{"reasoning":["A thought"],"content":[""]}""", "The reply has no text.")]
    [InlineData("""{"reasoning":[""],"content":["Cut"],"finish":"length"}""", "Answer: Cut The reply reached the maximum length.")]
    public async Task ScreenReader_OfAReplyThatIsNoWholeAnswer_SaysSo(string script, string announced)
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync(script);

        await page.AskAsync("Speak");

        await Expect(page.Page.Locator("[aria-live]")).ToHaveTextAsync(announced);
    }

    [Fact]
    public async Task ScreenReader_OfAStoppedReply_SaysSo()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-stopped-aloud");

        await page.Button("Stop").ClickAsync();

        await Expect(page.Page.Locator("[aria-live]")).ToHaveTextAsync("Stopped.");
        fixture.Emulator.Gates.Open("page-stopped-aloud", 100);
    }

    [Fact]
    public async Task ScreenReader_AnnouncesTheStartOfALongAnswer()
    {
        await using var page = await fixture.OpenAsync();
        var words = string.Concat(Enumerable.Repeat("word ", 5_000));
        await page.ScriptAsync($$"""{"reasoning":[""],"content":["{{words}}"],"burst":true}""");
        await page.AskAsync("Speak at length");

        Assert.Equal($"Answer: {words[..20_000]}… The rest is in the chat.", await page.Page.Locator("[aria-live]").TextContentAsync());
    }

    [Fact]
    public async Task ScreenReader_AnnouncementOfALongAnswer_EndsWithAWholeCharacter()
    {
        await using var page = await fixture.OpenAsync();
        var start = new string('w', 19_999) + "\U0001F600";
        await page.ScriptAsync($$"""{"reasoning":[""],"content":["{{start}} and more"],"burst":true}""");
        await page.AskAsync("Speak at length");

        Assert.Equal($"Answer: {start}… The rest is in the chat.", await page.Page.Locator("[aria-live]").TextContentAsync());
    }

    [Fact]
    public async Task Focus_ByTheKeyboard_IsVisibleEverywhere()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("Focus");
        await page.Input.FocusAsync();
        var unseen = new List<string>();
        var seen = new HashSet<string>();
        for (var i = 0; i < 24; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            var focus = await page.Page.EvaluateAsync<string[]>("""
                () => {
                  const element = document.activeElement;
                  const { outlineStyle, outlineWidth } = getComputedStyle(element);
                  const { width } = element.getBoundingClientRect();
                  const isComposer = element.closest(".composer") && getComputedStyle(element.closest(".composer")).borderColor === "rgb(56, 86, 201)";
                  const isVisible = element === document.body || isComposer || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && width > 0);
                  return [element.getAttribute("aria-label") ?? element.textContent.slice(0, 30), isVisible ? "" : element.outerHTML.slice(0, 100)];
                }
                """);
            seen.Add(focus[0]);
            if (focus[1] != "")
            {
                unseen.Add(focus[1]);
            }
        }

        Assert.Empty(unseen);
        Assert.Superset(
            new HashSet<string> { "New chat", "Search chats", "Settings", "Model", "Copy", "Edit", "Ask again", "Message", "Send" }, seen);
    }

    [Fact]
    public async Task Language_OfTheBrowser_SelectsTheTexts()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.Locale = "zh-CN");

        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh");
        await Expect(page.Button("新对话").First).ToBeVisibleAsync();
        var (english, chinese) = (await KeysAsync(page, "en"), await KeysAsync(page, "zh"));
        Assert.Equal(english, chinese);
    }

    private static Task<string[]> KeysAsync(ChatPage page, string language) => page.Page.EvaluateAsync<string[]>(
        "async (language) => Object.entries((await import('/assets/texts.js')).dictionaries[language]).map(([key, value]) => `${key} " +
            "${typeof value}`)",
        language);

    private static async Task ExpectAtEndAsync(ChatPage page, bool isAtEnd) => await page.Page.WaitForFunctionAsync(
        "(isAtEnd) => { const s = document.querySelector('.scroller'); return (s.scrollHeight - s.scrollTop - s.clientHeight < 50) === " +
            "isAtEnd; }",
        isAtEnd);
}
