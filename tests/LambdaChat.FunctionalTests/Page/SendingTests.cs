using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The message box with files, images with transparent parts, the box for a change, and copying.</summary>
public sealed class SendingTests(PageFixture fixture)
{
    // Drops a file whose content arrives when the page calls `window.arrive`.
    private const string DropSlowFile = """
        () => {
          const file = new File(["text"], "slow.txt");
          const content = file.arrayBuffer.bind(file);
          file.arrayBuffer = () => new Promise((resolve) => (window.arrive = () => resolve(content())));
          const event = new Event("drop", { bubbles: true });
          event.dataTransfer = { files: [file], types: ["Files"] };
          document.body.dispatchEvent(event);
        }
        """;

    [Fact]
    public async Task Enter_TwiceWhileAFileIsRead_SendsOnceAndStopsNothing()
    {
        await using var page = await fixture.OpenAsync();
        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        await page.SayAsync("I have read it.");
        await DropAsync(page);
        await page.Input.FillAsync("What is in the slow file?");

        await page.Input.PressAsync("Enter");
        await page.Input.PressAsync("Enter");
        await page.Page.EvaluateAsync("() => window.arrive()");

        await Expect(page.Answer).ToHaveTextAsync("I have read it.");
        await page.Stats.WaitForAsync();
        await Expect(page.Messages).ToHaveCountAsync(2);
        await Expect(page.Page.Locator("article.user details.file")).ToHaveCountAsync(1);
        await Expect(page.Page.GetByText("Stopped.")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Enter_WhileAFileIsRead_SendsNothingToAnotherChat()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync("The first chat");
        await DropAsync(page);
        await page.Input.FillAsync("What is in the slow file?");
        await page.Input.PressAsync("Enter");
        await page.Button("New chat").ClickAsync();

        await page.Page.EvaluateAsync("() => window.arrive()");

        await Expect(page.Page.Locator(".attachments .chip small")).ToHaveTextAsync("0.1 KB");
        await Expect(page.Input).ToHaveValueAsync("What is in the slow file?");
        await Expect(page.Messages).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Stop_WhileAFileIsRead_StopsTheReplyAndKeepsTheFile()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-stop-while-reading");
        await DropAsync(page);

        await page.Button("Stop").ClickAsync();

        await Expect(page.Page.Locator(".notice").GetByText("Stopped.")).ToBeVisibleAsync();
        await page.Page.EvaluateAsync("() => window.arrive()");
        await Expect(page.Page.Locator(".attachments .chip")).ToContainTextAsync("slow.txt");
        await Expect(page.Messages).ToHaveCountAsync(2);
        fixture.Emulator.Gates.Open("page-stop-while-reading", 100);
    }

    [Fact]
    public async Task Image_WithTransparentParts_GetsAWhiteBackground()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.Locator("select.model").SelectOptionAsync(PageFixture.Seeing);

        await page.Page.EvaluateAsync("""
            async () => {
              const canvas = new OffscreenCanvas(800, 600);
              canvas.getContext("2d").fillRect(100, 100, 10, 10);
              const file = new File([await canvas.convertToBlob()], "diagram.png", { type: "image/png" });
              const event = new Event("drop", { bubbles: true });
              event.dataTransfer = { files: [file], types: ["Files"] };
              document.body.dispatchEvent(event);
            }
            """);

        await page.Page.Locator(".attachments img").WaitForAsync();
        var color = await page.Page.EvaluateAsync<int[]>("""
            async () => {
              const image = document.querySelector(".attachments img");
              await image.decode();
              const context = new OffscreenCanvas(1, 1).getContext("2d");
              context.drawImage(image, 0, 0);
              return [...context.getImageData(0, 0, 1, 1).data];
            }
            """);
        Assert.Equal([255, 255, 255, 255], color);
    }

    [Fact]
    public async Task Notice_OnAPhone_UsesTheWidth()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ViewportSize = new() { Width = 360, Height = 740 });

        await page.Page.Locator(".composer input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = "program.bin", MimeType = "application/octet-stream", Buffer = [0, 1] });

        await page.Page.Locator(".toast.shown").WaitForAsync();
        Assert.InRange((await page.Page.Locator(".toast").BoundingBoxAsync())!.Width, 300, 330); // It may be hidden again.
    }

    [Fact]
    public async Task Files_Many_LeaveTheButtonInTheWindow()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ViewportSize = new() { Width = 360, Height = 740 });
        var files = Enumerable.Range(0, 30)
            .Select(i => new FilePayload { Name = $"{i}.txt", MimeType = "text/plain", Buffer = "x"u8.ToArray() });

        await page.Page.Locator(".composer input[type=file]").SetInputFilesAsync(files);

        await Expect(page.Page.Locator(".attachments .chip")).ToHaveCountAsync(30);
        await Expect(page.Button("Send")).ToBeInViewportAsync(new() { Ratio = 1 });
    }

    [Fact]
    public async Task Edit_OfALongLine_ShowsSeveralLines()
    {
        await using var page = await fixture.OpenAsync();
        await page.AskAsync(string.Concat(Enumerable.Repeat("word ", 400)));

        await page.Page.Locator("article.user").HoverAsync();
        await page.Button("Edit").ClickAsync();

        var input = page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit" });
        Assert.Equal(320, (await input.BoundingBoxAsync())!.Height);
        await Expect(page.Button("Show more")).ToBeHiddenAsync();
        await input.FillAsync("One line");
        Assert.InRange((await input.BoundingBoxAsync())!.Height, 60, 80);
    }

    [Fact]
    public async Task Images_OfAChat_AreNotSentToAModelThatTakesNone()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.Locator("select.model").SelectOptionAsync(PageFixture.Seeing);
        await page.Page.Locator(".composer input[type=file]").SetInputFilesAsync(
            new FilePayload { Name = "a.png", MimeType = "image/png", Buffer = await page.Page.ScreenshotAsync() });
        await page.Page.Locator(".picture-frame img").WaitForAsync();
        await page.AskAsync("What is it?");
        await page.Page.Locator("select.model").SelectOptionAsync(PageFixture.Model);

        var request = await page.Page.RunAndWaitForRequestAsync(() => page.AskAsync("And now?"), "**/v1/chat/completions");

        Assert.StartsWith("[image]\n\nWhat is it?",
            (string?)JsonNode.Parse(request.PostData!)!["messages"]![0]!["content"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_QueuedWhenAnEarlierVersionIsShown_ReturnsToTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("The first.");
        await page.AskAsync("A question");
        await page.SayAsync("The second.");
        await page.Button("Ask again").ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("The second.");
        await page.Stats.WaitForAsync();
        await fixture.BeginAsync(page, "page-queued-version");
        await page.SendAsync("Queued");
        await Expect(page.Page.Locator(".queued")).ToContainTextAsync("Queued");

        await page.Button("Previous version").ClickAsync();

        await Expect(page.Answer).ToHaveTextAsync("The first.");
        await Expect(page.Input).ToHaveValueAsync("Queued");
        await Expect(page.Page.Locator(".queued")).ToBeEmptyAsync();
        fixture.Emulator.Gates.Open("page-queued-version", 100);
    }

    [Fact]
    public async Task Copy_WhereTheBrowserRefusesIt_CopiesBySelection()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("Copied by selection.");
        await page.AskAsync("Copy");
        using var clipboard = await Clipboard.UseAsync(page);
        await page.Page.EvaluateAsync("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }");

        await page.Page.Locator("article.assistant .foot").GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();

        await clipboard.ExpectAsync("Copied by selection.");
        Assert.Empty(page.Problems);
    }

    private static async Task DropAsync(ChatPage page)
    {
        await page.Page.EvaluateAsync(DropSlowFile);
        await page.Page.WaitForFunctionAsync("() => window.arrive");
    }
}
