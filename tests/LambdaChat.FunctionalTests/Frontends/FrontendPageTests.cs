using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Page;
using LambdaChat.Local.SageMaker.Scripts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Frontends;

/// <summary>The pages of the documentation in a browser, against the local Lambda.</summary>
public sealed class FrontendPageTests(PageFixture browser, FrontendSite site)
{
    private const string Question = "9.11 and 9.8, which is greater?";
    private const string Cut = "The tool was not run, because its input was cut.";
    private const string ToolQuestion = "What does get_time say?";
    private const string Dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    [Theory]
    [InlineData("use-chat")]
    [InlineData("assistant-ui")]
    [InlineData("assistant-ui-agent")]
    [InlineData("ag-ui")]
    public async Task Page_AskedTwice_ShowsTheAnswers(string name)
    {
        await using var page = await OpenAsync(name);

        await AskAsync(page, Question);
        await ExpectAsync(page, Script.Answer(Question).Content);
        await AskAsync(page, "And 9.8 and 9.11?");
        await ExpectAsync(page, Script.Answer("And 9.8 and 9.11?").Content);

        await ExpectAsync(page, Script.Answer(Question).Reasoning); // Of the first reply.
        Assert.Empty(page.Problems);
    }

    [Theory]
    [Trait("Report", "vercel/ai#8043")]
    [InlineData("use-chat")]
    [InlineData("assistant-ui")]
    [InlineData("assistant-ui-agent")]
    [InlineData("ag-ui")]
    public async Task Page_WithATool_RunsItAndShowsTheAnswer(string name)
    {
        await using var page = await OpenAsync(name);
        var before = browser.Emulator.Calls.Count;

        await AskAsync(page, ToolQuestion);

        await ExpectAsync(page, "scripted model");
        var calls = browser.Emulator.Calls.Skip(before).Select(call => call.Body)
            .Where(call => call.ToJsonString().Contains(ToolQuestion, StringComparison.Ordinal)).ToList();
        Assert.Equal(2, calls.Count); // One with the question, one with the result: no page asks without end.
        var roles = calls[1]["messages"]!.AsArray().Select(message => (string?)message!["role"]);
        Assert.Equal(["user", "assistant", "tool"], roles);
        Assert.NotEmpty((string)calls[1]["messages"]![2]!["content"]!);
        Assert.Empty(page.Problems);
    }

    [Theory]
    [Trait("Report", "assistant-ui/assistant-ui#5900")]
    [InlineData("use-chat")]
    [InlineData("assistant-ui")]
    [InlineData("assistant-ui-agent")]
    public async Task Page_WithAFailure_ShowsTheSentence(string name)
    {
        await using var page = await OpenAsync(name);

        await AskAsync(page, """{"stand_in":{"tokens":9,"fault":{"kind":"end","after":5} } }""");

        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync(
            "The model's reply ended without a finish reason and may be incomplete.");
        await ExpectAsync(page, "t0 t1 t2 t3");

        await using var other = await OpenAsync(name, "no-such-model");
        await AskAsync(other, Question);
        await Expect(other.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync( // AG-UI clients show the whole body.
            "The model `no-such-model` does not exist or you do not have access to it. GET /v1/models lists the available models.");
    }

    [Fact]
    public async Task AgUi_WithAFailure_ShowsItAndAsksNoMore()
    {
        await using var page = await OpenAsync("ag-ui");
        var (marker, before) = (Guid.NewGuid().ToString(), browser.Emulator.Calls.Count);

        await AskAsync(page, $$"""{"stand_in":{"tools":[{"name":"get_time","arguments":"{}"}],"fault":{"kind":"end","after":3} },"marker":"{{marker}}"}""");

        await ExpectAsync(page, "The model's reply ended without a finish reason and may be incomplete.");
        Assert.Single(browser.Emulator.Calls.Skip(before), call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal));
        Assert.Empty(page.Problems);
    }

    // The arguments are not complete.
    [Theory]
    [InlineData("assistant-ui-agent")]
    [InlineData("ag-ui")]
    public async Task AgUi_WithACutCall_DoesNotRunIt(string name)
    {
        await using var page = await OpenAsync(name);
        var (marker, before) = (Guid.NewGuid().ToString(), browser.Emulator.Calls.Count);

        await AskAsync(page, $$"""{"stand_in":{"tools":[{"name":"get_time","arguments":"{"}]},"marker":"{{marker}}"}""");
        await ExpectAsync(page, name == "ag-ui" ? Cut : marker); // assistant-ui sends nothing during a run.
        await AskAsync(page, Question);

        await ExpectAsync(page, Script.Answer(Question).Content);
        var second = browser.Emulator.Calls.Skip(before).Select(call => call.Body)
            .Where(call => call.ToJsonString().Contains(marker, StringComparison.Ordinal)).ElementAt(1)["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "tool", "user"], second.Select(message => (string?)message!["role"]));
        Assert.Equal(Cut, (string?)second[2]!["content"]);
        Assert.Empty(page.Problems);
    }

    [Theory]
    [InlineData("use-chat", 0)]
    [InlineData("assistant-ui", 0)]
    [InlineData("assistant-ui-agent", 0)]
    [InlineData("ag-ui", 0)]
    [InlineData("use-chat", 4_000_000)] // More than the storage of a page.
    [InlineData("assistant-ui", 4_000_000)]
    public async Task Page_WithAnImage_SendsIt(string name, int more)
    {
        await using var page = await OpenAsync(name);
        var question = $"What is in the picture with {more} bytes more of {name}?";
        byte[] image = [.. Convert.FromBase64String(Dot), .. new byte[more]];
        var file = new FilePayload { Name = "dot.png", MimeType = "image/png", Buffer = image };
        if (name.StartsWith("assistant-ui", StringComparison.Ordinal))
        {
            var chooser = await page.Page.RunAndWaitForFileChooserAsync(() => page.Button("Image").ClickAsync());
            await chooser.SetFilesAsync(file);
        }
        else
        {
            await page.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        }

        await AskAsync(page, question);

        await ExpectAsync(page, Script.Answer(question).Content[..20]);
        var call = browser.Emulator.Calls.First(call => call.Body.ToJsonString().Contains(question, StringComparison.Ordinal));
        Assert.Equal($"data:image/png;base64,{Convert.ToBase64String(image)}", Images(call.Body).Single());
    }

    [Theory]
    [InlineData("use-chat")]
    [InlineData("assistant-ui")]
    [InlineData("ag-ui")]
    public async Task Page_Stopped_KeepsTheText(string name)
    {
        await using var page = await OpenAsync(name);
        var marker = Guid.NewGuid().ToString();
        await AskAsync(page, $$"""{"stand_in":{"tokens":9,"gate":"{{marker}}"} }""");
        browser.Emulator.Gates.Open(marker, 6);
        await ExpectAsync(page, "t0 t1 t2");

        await page.Button("Stop").ClickAsync();

        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Disabled = false })).ToHaveCountAsync(name == "ag-ui" ? 1 : 0);
        await ExpectAsync(page, "t0 t1 t2");
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("article")).ToHaveCountAsync(name == "use-chat" ? 2 : 0);
        Assert.Single(browser.Emulator.Calls, call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal));
        browser.Emulator.Gates.Open(marker, 100);
    }

    [Fact]
    public async Task UseChat_StoppedBeforeTheFirstEvent_SendsTheNextQuestion()
    {
        await using var page = await OpenAsync("use-chat");
        await page.Page.RunAndWaitForResponseAsync( // The end of the request to resume hides the button, even of a newer request.
            () => page.Page.ReloadAsync(), response => response.Url.EndsWith("/stream", StringComparison.Ordinal));
        await Expect(page.Button("Stop")).ToHaveCountAsync(0);
        var gate = Guid.NewGuid().ToString(); // Heartbeats may come before it opens, but no event.
        await AskAsync(page, $$"""{"stand_in":{"tokens":9,"gate":"{{gate}}"} }""");

        await page.Button("Stop").ClickAsync();

        await Expect(page.Button("Stop")).ToHaveCountAsync(0);
        await AskAsync(page, Question);
        await ExpectAsync(page, Script.Answer(Question).Content);
        browser.Emulator.Gates.Open(gate, 100);
    }

    [Fact]
    public async Task AgUi_AskedDuringARun_AnswersBoth()
    {
        await using var page = await OpenAsync("ag-ui");
        var gate = Guid.NewGuid().ToString();
        await AskAsync(page, $$"""{"stand_in":{"tokens":9,"gate":"{{gate}}"} }""");
        browser.Emulator.Gates.Open(gate, 3);
        await ExpectAsync(page, "t0");
        await AskAsync(page, Question);
        await Expect(page.Page.Locator("[name=text]")).ToHaveValueAsync("");

        browser.Emulator.Gates.Open(gate, 100);

        await ExpectAsync(page, Script.Answer(Question).Content);
        await ExpectAsync(page, "t7 t8");
        await ExpectAsync(page, $"user: {Question}");
        Assert.Empty(page.Problems);
    }

    private async Task<ChatPage> OpenAsync(string name, string model = PageFixture.Seeing)
    {
        await browser.ReadyAsync();
        return await browser.OpenAsync(await site.AddressOfAsync(name, browser.Url, model));
    }

    private static async Task AskAsync(ChatPage page, string text)
    {
        await page.Page.Locator("[name=text]").FillAsync(text);
        await page.Button("Send").ClickAsync();
    }

    private static Task ExpectAsync(ChatPage page, string text) => Expect(page.Page.Locator("body")).ToContainTextAsync(text);

    private static IEnumerable<string> Images(JsonNode call) => call["messages"]!.AsArray()
        .SelectMany(message => message!["content"] as JsonArray ?? [])
        .Select(part => (string?)part!["image_url"]?["url"]).OfType<string>();
}
