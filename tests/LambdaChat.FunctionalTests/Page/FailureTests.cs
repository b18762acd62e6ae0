using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Attacks;
using LambdaChat.FunctionalTests.Stored;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Error notices: title, advice and details, and the text received before the error.</summary>
public sealed class FailureTests(PageFixture fixture)
{
    [Theory]
    [InlineData("no_capacity", "cold-0s", "The model is starting.",
        "It was scaled to zero and needs a few minutes to start. Ask again then. Retry in 30 seconds.", "model_is_starting")]
    [InlineData("throttling", "r1", "Too many requests.", "Wait a moment, then ask again. Retry in 2 seconds.", "rate_limit_exceeded")]
    [InlineData("access_denied", "r1", "The model is not configured correctly.", "Contact the administrator of this service.",
        "upstream_access_denied")]
    [InlineData("internal_failure", "r1", "The model service failed.", "Ask again in a moment.", "upstream_failure")]
    public async Task Failure_BeforeTheReply_IsExplained(string kind, string model, string title, string advice, string code)
    {
        await fixture.ReadyAsync();
        await using var function = await KestrelFunction.StartAsync(fixture.Emulator.Address, StoredFunction.Variables(
            fixture.Emulator.Address,
            ("MODELS", """[{"name":"r1","endpoint":"demo"},{"name":"cold-0s","endpoint":"demo","coldSeconds":0}]"""),
            ("HOLD_SECONDS", PageFixture.LongestHold), ("RETRY_SECONDS", "0")));
        await using var page = await fixture.OpenAsync($"{function.Url}#key={FunctionFixture.Key}");
        await page.ScriptAsync($$"""{"fault":{"kind":"{{kind}}"} }""", $$"""{"model":"{{model}}"}""");

        await page.SendAsync("Hello?");

        var notice = page.Page.Locator(".notice.fault");
        await Expect(notice.Locator("strong")).ToHaveTextAsync(title);
        await Expect(notice.Locator("p").First).ToHaveTextAsync(advice);
        await Expect(notice.Locator(".details")).ToContainTextAsync($" · {code} · HTTP ");
        await page.SayAsync("Here I am.");
        await notice.GetByRole(AriaRole.Button, new() { Name = "Ask again" }).ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("Here I am.");
        await Expect(page.Messages).ToHaveCountAsync(2);
    }

    [Theory]
    [InlineData("context",
        """{"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","code":400}}""", "The chat is too long for the model.")]
    [InlineData("other", """{"error":{"message":"Temperatures above 2 melt the model.","type":"BadRequestError","code":400}}""",
        "The request failed.")]
    public async Task Failure_OfTheContainer_ShowsItsMessage(string name, string message, string title)
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync(
            new JsonObject { ["fault"] = new JsonObject { ["kind"] = "model_error", ["message"] = message } }.ToJsonString());

        await page.SendAsync($"Refuse this: {name}");

        await Expect(page.Page.Locator(".notice.fault strong")).ToHaveTextAsync(title);
        await Expect(page.Page.Locator(".notice.fault .details"))
            .ToContainTextAsync((string)JsonNode.Parse(message)!["error"]!["message"]!);
    }

    [Theory]
    [InlineData(502, "The service is temporarily unavailable.", "Ask again in a moment.")]
    [InlineData(400, "The request failed.", "Ask again, or change the message.")]
    public async Task Failure_OfAProxy_IsExplainedByItsStatus(int status, string title, string advice)
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new() { Status = status, Body = "<h1>Bad</h1>" }));

        await page.SendAsync("Hello?");

        var notice = page.Page.Locator(".notice.fault");
        await Expect(notice.Locator("strong")).ToHaveTextAsync(title);
        await Expect(notice.Locator("p").First).ToHaveTextAsync(advice);
        await Expect(notice.Locator(".details")).ToHaveTextAsync($"<h1>Bad</h1> · error · HTTP {status}");
    }

    [Fact]
    public async Task Stream_BrokenInTheThinking_OffersNothingToContinue()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":["one two three four"],"fault":{"kind":"model_stream_error","after":3}}""");

        await page.SendAsync("Think about it");

        var notice = page.Page.Locator(".notice.fault");
        await Expect(notice.Locator("strong")).ToHaveTextAsync("The reply was interrupted.");
        await Expect(notice.Locator("p").First).ToHaveTextAsync("Ask again in a moment.");
        await Expect(page.Button("Continue")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("""{"kind":"model_stream_error","after":3}""")]
    [InlineData("""{"kind":"truncated_frame","after":3}""")]
    public async Task Stream_Broken_KeepsTheTextAndContinues(string fault)
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync($$"""{"reasoning":[""],"content":["one two three four five six"],"fault":{{fault}} }""");
        await page.SendAsync("Count to six");
        await Expect(page.Page.Locator(".notice.fault strong")).ToHaveTextAsync("The reply was interrupted.");
        await Expect(page.Answer).ToHaveTextAsync("one two");
        await page.ScriptAsync("""{"reasoning":[""],"content":[" three four"]}""");

        await page.Button("Continue").ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("one two three four");
        await Expect(page.Page.Locator(".notice")).ToHaveCountAsync(0);
        await Expect(page.Messages).ToHaveCountAsync(2);
        var messages = fixture.Emulator.Calls.Last(
            call => call.Body.ToJsonString().Contains("Count to six", StringComparison.Ordinal)).Body["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "user"], messages.Select(message => (string)message!["role"]!));
        Assert.Equal("one two", (string?)messages[1]!["content"]);
    }

    [Fact]
    public async Task Reply_StoppedBeforeALaterOne_IsNotContinued()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-stopped-before");
        await page.Button("Stop").ClickAsync();
        await Expect(page.Button("Continue")).ToBeVisibleAsync();
        fixture.Emulator.Gates.Open("page-stopped-before", 100);

        await page.SayAsync("The later reply.");
        await page.AskAsync("Something else");

        await Expect(page.Page.Locator(".notice").GetByText("Stopped.")).ToBeVisibleAsync();
        await Expect(page.Button("Continue")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Network_Unavailable_IsReported()
    {
        await using var page = await fixture.OpenAsync();
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        await page.Page.RouteAsync("**/v1/chat/completions", route => route.AbortAsync());

        await page.SendAsync("Anybody?");

        await Expect(page.Page.Locator(".notice.fault strong")).ToHaveTextAsync("The service cannot be reached.");
    }

    [Fact]
    public async Task Reply_WithoutText_SaysSo()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":["A thought"],"content":[""]}""");

        await page.AskAsync("Say nothing");

        await Expect(page.Page.Locator(".notice strong")).ToHaveTextAsync("The reply has no text.");
        await Expect(page.Page.Locator(".notice button")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task MarkdownModule_Unavailable_LeavesPlainTextAndTheNotice()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["**one** two three"],"fault":{"kind":"model_stream_error","after":3}}""");
        await page.Page.RouteAsync("**/assets/render.js", route => route.AbortAsync());

        await page.SendAsync("Count");

        await Expect(page.Page.Locator(".notice strong")).ToHaveTextAsync("The reply was interrupted.");
        await Expect(page.Answer).ToContainTextAsync("**one**");
        await Expect(page.Stats).ToBeAttachedAsync();
        Assert.DoesNotContain(page.Problems, problem => problem.Contains("TypeError", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Model_Starting_IsShownWhileHeartbeatsArrive()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"content":["Good morning"],"fault":{"kind":"no_capacity","times":1}}""", """{"user":"page-waking"}""");

        // The text may be visible between two attempts only.
        await page.Page.EvaluateAsync("""
            () => {
              window.shown = "";
              new MutationObserver(() => document.querySelectorAll(".status").forEach((status) => (window.shown += status.textContent)))
                .observe(document.body, { childList: true, subtree: true });
            }
            """);

        await page.SendAsync("Wake up");

        await page.Page.WaitForFunctionAsync("() => window.shown.includes('Starting the model. This usually takes a few minutes…')");
        await Expect(page.Answer).ToHaveTextAsync("Good morning");
        await Expect(page.Page.Locator(".status").Last).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Page_ClosedMidReply_KeepsTheReceivedText()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["kept so far and then more"],"gate":"page-closed"}""");
        await page.SendAsync("Keep this");
        fixture.Emulator.Gates.Open("page-closed", 4);
        await Expect(page.Answer).ToContainTextAsync("kept so");

        await page.GoToAsync($"{fixture.Url}?again#key={FunctionFixture.Key}");
        fixture.Emulator.Gates.Open("page-closed", 100);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Keep this", Exact = true }).ClickAsync();

        await Expect(page.Answer).ToContainTextAsync("kept so");
        await Expect(page.Page.Locator(".notice strong")).ToHaveTextAsync("The page was closed during the reply.");
        await Expect(page.Button("Continue")).ToBeVisibleAsync();
    }
}
