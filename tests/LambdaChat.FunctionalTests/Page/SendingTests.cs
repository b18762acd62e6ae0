using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>What is sent while a file is being read, images with transparent parts, and the notice of a file that is refused.</summary>
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
    public async Task Stop_WhileAFileIsRead_StopsTheReplyAndKeepsTheFile()
    {
        await using var page = await fixture.OpenAsync();
        await fixture.BeginAsync(page, "page-stop-while-reading");
        await DropAsync(page);

        await page.Button("Stop").ClickAsync();

        await Expect(page.Page.GetByText("Stopped.")).ToBeVisibleAsync();
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

        var notice = page.Page.Locator(".toast.shown");
        await notice.WaitForAsync();
        Assert.InRange((await notice.BoundingBoxAsync())!.Width, 300, 330);
    }

    private static async Task DropAsync(ChatPage page)
    {
        await page.Page.EvaluateAsync(DropSlowFile);
        await page.Page.WaitForFunctionAsync("() => window.arrive");
    }
}
