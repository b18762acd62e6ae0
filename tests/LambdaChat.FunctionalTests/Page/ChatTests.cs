using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LambdaChat.Local.SageMaker.Scripts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Sending messages, reading replies, and the controls around them.</summary>
public sealed partial class ChatTests(PageFixture fixture)
{
    private const string Question = "9.11 and 9.8, which is greater?";

    [Fact]
    public async Task Question_Sent_ShowsThinkingAnswerAndFigures()
    {
        await using var page = await fixture.OpenAsync();

        await page.AskAsync(Question);

        var (reasoning, _) = Script.Answer(Question);
        await Expect(page.Answer.Locator("strong")).ToHaveTextAsync("9.8 is greater than 9.11.");
        await Expect(page.Thinking).ToHaveJSPropertyAsync("open", false);
        await page.Thinking.Locator("summary").ClickAsync();
        await Expect(page.Thinking.Locator(".thought")).ToHaveTextAsync(reasoning);
        Assert.Matches(Figures(), (await page.Stats.TextContentAsync())!);
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Thinking_WhileItRuns_IsOpenAndClosesWithTheAnswer()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":["So many thoughts"],"content":["The answer is here"],"gate":"page-thinking"}""");
        await page.SendAsync("Think");

        fixture.Emulator.Gates.Open("page-thinking", 2);
        await Expect(page.Thinking.Locator("summary")).ToHaveTextAsync("Thinking…");
        await Expect(page.Thinking.Locator(".thought")).ToBeVisibleAsync();
        await Expect(page.Thinking.Locator(".thought")).ToContainTextAsync("So many");
        fixture.Emulator.Gates.Open("page-thinking", 3);

        await Expect(page.Answer).ToContainTextAsync("The");
        await Expect(page.Thinking.Locator("summary")).ToHaveTextAsync(ThoughtFor());
        await Expect(page.Thinking.Locator(".thought")).ToBeHiddenAsync();
        fixture.Emulator.Gates.Open("page-thinking", 100);
        await page.Stats.WaitForAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_MidReply_KeepsTheReceivedText(bool byKey)
    {
        await using var page = await fixture.OpenAsync();
        var gate = $"page-stop-{byKey}";
        await page.ScriptAsync($$"""{"reasoning":[""],"content":["one two three four"],"gate":"{{gate}}"}""");
        await page.SendAsync("Count");
        fixture.Emulator.Gates.Open(gate, 2);
        await Expect(page.Answer).ToContainTextAsync("one");

        await (byKey ? page.Page.Keyboard.PressAsync("Escape") : page.Button("Stop").ClickAsync());

        await Expect(page.Page.Locator(".notice").GetByText("Stopped.")).ToBeVisibleAsync();
        await Expect(page.Answer).ToContainTextAsync("one");
        await Expect(page.Button("Send")).ToBeVisibleAsync();
        fixture.Emulator.Gates.Open(gate, 100);
    }

    [Fact]
    public async Task Again_Pressed_RepeatsTheRequestAndReplacesTheAnswer()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("The first.");
        await page.AskAsync("Say something");
        await page.SayAsync("The second.");

        await page.Page.Locator("article.assistant").GetByRole(AriaRole.Button, new() { Name = "Ask again" }).ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("The second.");
        await Expect(page.Messages).ToHaveCountAsync(2);
        Assert.Equal("""[{"role":"user","content":"Say something"}]""", LastCall("Say something").ToJsonString());
    }

    [Fact]
    public async Task Edit_ByTheArrowKey_SendsTheNewTextAndRemovesLaterMessages()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("The first question of an edit");
        await page.AskAsync("A second qestion");
        await page.Input.PressAsync("ArrowUp");

        var edit = page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" });
        await Expect(edit).ToHaveValueAsync("A second qestion");
        await edit.FillAsync("A second question");
        await edit.PressAsync("Enter");

        await Expect(page.Page.Locator("article.user").Last).ToContainTextAsync("A second question");
        await Expect(page.Messages).ToHaveCountAsync(4);
        await page.Stats.WaitForAsync();
        var messages = LastCall("A second question");
        Assert.Equal(["The first question of an edit", null, "A second question"],
            messages.AsArray().Select((message, i) => i == 1 ? null : (string?)message!["content"]));
    }

    [Fact]
    public async Task Enter_WithAndWithoutShift_SendsOrBreaksTheLine()
    {
        await using var page = await fixture.OpenAsync();
        await page.Input.PressSequentiallyAsync("one");
        await page.Input.PressAsync("Shift+Enter");
        await page.Input.PressSequentiallyAsync("two");
        await page.Input.DispatchEventAsync("keydown", new { key = "Enter", isComposing = true });
        await page.Input.DispatchEventAsync("keydown", new { key = "Enter", keyCode = 229 }); // Safari: after the end of the composition.
        await Expect(page.Input).ToHaveValueAsync("one\ntwo");

        await page.Input.PressAsync("Enter");

        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync("one\ntwo");
        await page.Stats.WaitForAsync();
    }

    [Fact]
    public async Task Keys_WhileAnInputMethodComposes_AreNotCommands()
    {
        await using var page = await fixture.OpenAsync();
        await page.ScriptAsync("""{"reasoning":[""],"content":["one two three"],"gate":"page-compose"}""");
        await page.SendAsync("Compose");
        fixture.Emulator.Gates.Open("page-compose", 2);
        await Expect(page.Answer).ToContainTextAsync("one");
        await page.Input.DispatchEventAsync("keydown", new { key = "Escape", isComposing = true });
        await page.Input.DispatchEventAsync("keydown", new { key = "Escape", keyCode = 229 });
        await Expect(page.Button("Stop")).ToBeVisibleAsync();
        fixture.Emulator.Gates.Open("page-compose", 100);
        await page.Stats.WaitForAsync();

        await page.Input.DispatchEventAsync("keydown", new { key = "ArrowUp", keyCode = 229 });
        await Expect(page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" })).ToHaveCountAsync(0);
        await page.Input.PressAsync("ArrowUp");
        var edit = page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" });
        await edit.DispatchEventAsync("keydown", new { key = "Enter", keyCode = 229 });
        await edit.DispatchEventAsync("keydown", new { key = "Escape", keyCode = 229 });
        await Expect(edit).ToBeVisibleAsync();
        await edit.PressAsync("Escape");
        await page.Button("More for Compose").ClickAsync();
        await page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        var title = page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Title" });
        await title.DispatchEventAsync("keydown", new { key = "Enter", keyCode = 229 });
        await Expect(title).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Images_WhileTheKeyIsMissing_StayInTheMessageBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.Locator("select.model").SelectOptionAsync(PageFixture.Seeing);
        var picture = await page.Page.ScreenshotAsync();
        await page.Page.Locator("input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = "picture.png", MimeType = "image/png", Buffer = picture });
        await Expect(page.Page.Locator(".picture-frame img")).ToBeVisibleAsync();
        await page.Button("Settings").ClickAsync();
        await page.Button("Forget key").ClickAsync();
        var dialog = page.Page.GetByRole(AriaRole.Dialog, new() { Name = "API key" });
        await dialog.WaitForAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await page.Input.FillAsync("What does it show?");
        await page.Input.PressAsync("Enter");
        await dialog.WaitForAsync();

        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(page.Input).ToHaveValueAsync("What does it show?");
        await page.Input.PressAsync("Enter");
        await page.Page.GetByLabel("Key", new() { Exact = true }).FillAsync(FunctionFixture.Key);
        await page.Button("Test and use").ClickAsync();
        await page.Stats.WaitForAsync();
        Assert.NotNull(LastCall("What does it show?")[0]!["content"]![1]!["image_url"]);
    }

    [Fact]
    public async Task Settings_OfTheChat_AreSentWithTheRequest()
    {
        await using var page = await fixture.OpenAsync();
        await page.Button("Settings").ClickAsync();
        await SettingsTests.EnterAsync(page, "This chat", "Answer briefly.", "0.3", "0.9", "55");
        await page.Button("Close").ClickAsync();
        await page.Page.Locator("select.model").SelectOptionAsync(PageFixture.Seeing);

        await page.AskAsync("With settings");

        var body = fixture.Emulator.Calls.Last(call => call.Body.ToJsonString().Contains("With settings", StringComparison.Ordinal)).Body;
        Assert.Equal("""[{"role":"system","content":"Answer briefly."},{"role":"user","content":"With settings"}]""",
            body["messages"]!.ToJsonString());
        Assert.Equal("0.3 0.9 55", $"{body["temperature"]} {body["top_p"]} {body["max_tokens"]}");
        await Expect(page.Stats).ToContainTextAsync(PageFixture.Seeing);
        await page.GoToAsync($"{fixture.Url}?again#key={FunctionFixture.Key}");
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Seeing);
    }

    [Fact]
    public async Task Images_ForAVisionModel_AreSentInTheMessage()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.Locator("select.model").SelectOptionAsync(PageFixture.Seeing);
        var picture = await page.Page.ScreenshotAsync();
        await page.Page.Locator("input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = "picture.png", MimeType = "image/png", Buffer = picture });
        await Expect(page.Page.Locator(".picture-frame img")).ToBeVisibleAsync();

        await page.AskAsync("What is in the picture?");

        var content = LastCall("What is in the picture?")[0]!["content"]!;
        Assert.Equal("What is in the picture?", (string?)content[0]!["text"]);
        Assert.StartsWith("data:image/jpeg;base64,", (string?)content[1]!["image_url"]!["url"], StringComparison.Ordinal);
        await Expect(page.Page.Locator("article.user img")).ToHaveJSPropertyAsync("naturalWidth", 1200);
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Copy_Pressed_CopiesTheTextAndTheCode()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("Look:\n\n```js\nconst a = 1;\n\nconst b = 2;\n```\n\nThat is **all**.");
        await page.AskAsync("Code, please");

        using var clipboard = await Clipboard.UseAsync(page);
        await page.Answer.GetByRole(AriaRole.Button, new() { Name = "Copy code" }).ClickAsync();
        await clipboard.ExpectAsync("const a = 1;\n\nconst b = 2;");
        await page.Page.Locator("article.assistant .foot").GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await clipboard.ExpectAsync("That is **all**.", isPart: true);
    }

    private JsonNode LastCall(string text) =>
        fixture.Emulator.Calls.Last(
            call => call.Body["messages"]!.AsArray()[^1]!.ToJsonString().Contains(text, StringComparison.Ordinal)).Body["messages"]!;

    [GeneratedRegex(@"^r1 · \d+\.\d s to the first token( · \d+(\.\d)? tokens/s)? · \d+ tokens · \d+ in the prompt$")]
    private static partial Regex Figures();

    [GeneratedRegex(@"^Thought for (a moment|\d+\.\d s)$")]
    private static partial Regex ThoughtFor();
}
