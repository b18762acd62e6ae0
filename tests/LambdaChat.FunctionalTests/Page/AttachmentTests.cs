using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Files of a message: text files, PDFs, long pastes, and files that are dropped.</summary>
public sealed class AttachmentTests(PageFixture fixture)
{
    private const string Unreadable = " cannot be read. Attach a text file, or a PDF without a password, of up to 20 MB.";

    [Fact]
    public async Task TextFile_IsShownWithItsSizeSentAndKept()
    {
        await using var page = await fixture.OpenAsync();
        await AttachAsync(page, "notes.md", Encoding.UTF8.GetBytes("# Notes\r\n\r\nOne <b>two</b>."));
        await Expect(Chips(page)).ToHaveTextAsync("notes.md0.1 KB");

        await page.AskAsync("What is in the notes?");

        Assert.Equal("<file name=\"notes.md\">\n# Notes\n\nOne <b>two</b>.\n</file>\n\nWhat is in the notes?",
            LastContent("What is in the notes?"));
        await Expect(Chips(page)).ToHaveCountAsync(0);
        await page.Page.ReloadAsync();
        await page.Page.Locator("article.user details.file summary").ClickAsync();
        await Expect(page.Page.Locator("article.user details.file pre")).ToHaveTextAsync("# Notes\n\nOne <b>two</b>.");
        await page.AskAsync("And after the file?");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task File_WithoutAQuestion_IsSentAndCanBeRemoved()
    {
        await using var page = await fixture.OpenAsync();
        await AttachAsync(page, "a.txt", "first"u8.ToArray());
        await AttachAsync(page, "b \"><script>.csv", "second"u8.ToArray());
        await page.Button("Remove a.txt").ClickAsync();
        await Expect(page.Button("Send")).ToBeEnabledAsync();

        await page.Button("Send").ClickAsync();
        await page.Stats.WaitForAsync();

        Assert.Equal("<file name=\"b script .csv\">\nsecond\n</file>", LastContent("b script .csv"));
        await Expect(page.Page.Locator(".chat .title")).ToHaveTextAsync("b \"><script>.csv");
    }

    [Fact]
    public async Task Pdf_ItsTextIsSent()
    {
        await using var page = await fixture.OpenAsync();
        await AttachAsync(page, "paper.pdf", PdfFiles.Create("The first page", "And the second"));
        await Expect(Chips(page)).ToContainTextAsync("paper.pdf");

        await page.AskAsync("Sum it up");

        Assert.Equal("<file name=\"paper.pdf\">\nThe first page\n\nAnd the second\n</file>\n\nSum it up", LastContent("Sum it up"));
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Pdf_ThatExpandsToHundredsOfMegabytes_IsStoppedAndDoesNotBlockThePage()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.Clock.InstallAsync();
        // The time limit begins with the worker.
        await page.Page.RunAndWaitForWorkerAsync(() => AttachAsync(page, "bomb.pdf", PdfFiles.Bomb()));
        await Expect(Chips(page)).ToHaveTextAsync("Reading bomb.pdf…");

        await page.Page.Clock.FastForwardAsync("01:01");

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("bomb.pdf takes too long to read.");
        await AttachAsync(page, "notes.txt", "text"u8.ToArray());
        await Expect(Chips(page)).ToContainTextAsync("notes.txt");
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Pdf_Hostile_IsReadOrRefused(string name, byte[] pdf, string? text)
    {
        await using var page = await fixture.OpenAsync();

        await AttachAsync(page, $"{name}.pdf", pdf);

        if (text is null)
        {
            await Expect(page.Page.Locator(".toast")).ToContainTextAsync($"{name}.pdf");
            await Expect(Chips(page)).ToHaveCountAsync(0);
        }
        else
        {
            await page.AskAsync($"Read {name}");
            Assert.Equal($"<file name=\"{name}.pdf\">\n{text}\n</file>\n\nRead {name}", LastContent($"Read {name}"));
            await page.Page.Locator("article.user details.file summary").ClickAsync();
            await Expect(page.Page.Locator("article.user details.file pre")).ToHaveTextAsync(text);
        }

        Assert.Equal("undefined", await page.Page.EvaluateAsync<string>("typeof window.hacked"));
        Assert.Empty(page.Problems);
    }

    public static TheoryData<string, byte[], string?> Hostile() => new()
    {
        { "markup", PdfFiles.Create("<img src=x onerror=window.hacked=1>"), "<img src=x onerror=window.hacked=1>" },
        { "script", PdfFiles.Script("window.hacked = 1", "Text"), "Text" },
        { "cycle", PdfFiles.Cycle(), null },
        { "cut", PdfFiles.Create("Text")[..250], null },
        { "deep", PdfFiles.Write($"BT {new string('[', 200_000)} TJ ET", "", ""), null },
        { "endless", PdfFiles.Write("/X Do", "", "/XObject<</X 5 0 R>>"), null },
    };

    [Fact]
    public async Task File_WhoseReaderDoesNotLoad_DoesNotBlockTheBox()
    {
        await using var page = await fixture.OpenAsync();
        await page.Page.RouteAsync("**/assets/documents.js", route => route.AbortAsync());
        await AttachAsync(page, "notes.txt", "text"u8.ToArray());
        await Expect(page.Page.Locator(".toast")).ToContainTextAsync("notes.txt cannot be read.");
        await Expect(Chips(page)).ToHaveCountAsync(0);

        await page.AskAsync("Still here?");
    }

    [Theory]
    [InlineData("utf-16", "\ufeffünï 你好")]
    [InlineData("gb18030", "你好，世界")]
    public async Task TextFile_InAnotherEncoding_IsRead(string encoding, string text)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        await using var page = await fixture.OpenAsync();
        await AttachAsync(page, "encoded.txt", Encoding.GetEncoding(encoding).GetBytes(text));

        await page.AskAsync($"Read {encoding}");

        Assert.Contains($"\n{text.TrimStart('\ufeff')}\n", LastContent($"Read {encoding}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("program.bin", "\0\u0001\u0002", "program.bin" + Unreadable)]
    [InlineData("broken.pdf", "%PDF-1.7 and nothing else", "broken.pdf" + Unreadable)]
    [InlineData("empty.txt", " \n", "empty.txt contains no text.")]
    [InlineData("long.txt", null, "long.txt is too long.")]
    [InlineData("picture.png", "x", "This model does not accept images.")]
    public async Task File_ThatCannotBeSent_IsRefused(string name, string? content, string message)
    {
        await using var page = await fixture.OpenAsync();

        await AttachAsync(page, name, Encoding.UTF8.GetBytes(content ?? new string('a', 1_000_001)),
            name.EndsWith(".png", StringComparison.Ordinal) ? "image/png" : "application/octet-stream");

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync(message);
        await Expect(Chips(page)).ToHaveCountAsync(0);
        await Expect(page.Button("Send")).ToBeDisabledAsync();
    }

    [Fact]
    public async Task Refusal_AfterAnother_IsShownForItsWholeTime()
    {
        await using var page = await fixture.OpenAsync();
        var start = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await page.Page.Clock.InstallAsync(new() { TimeDate = start });
        await page.Page.Clock.PauseAtAsync(start.AddMinutes(10)); // Later than a busy machine needs to get here.
        await AttachAsync(page, "first.bin", [0, 1]);
        await Expect(page.Page.Locator(".toast")).ToContainTextAsync("first.bin");
        await page.Page.Clock.FastForwardAsync("00:04");
        await AttachAsync(page, "second.bin", [0, 1]);
        await Expect(page.Page.Locator(".toast")).ToContainTextAsync("second.bin");

        await page.Page.Clock.FastForwardAsync("00:03");

        await Expect(page.Page.Locator(".toast")).ToBeVisibleAsync();
        await page.Page.Clock.FastForwardAsync("00:03");
        await Expect(page.Page.Locator(".toast")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task LongPaste_BecomesAFile()
    {
        await using var page = await fixture.OpenAsync();
        using var clipboard = await Clipboard.UseAsync(page);
        await page.Input.FocusAsync();
        await PasteAsync(page, new string('a', 5000));
        await Expect(Chips(page)).ToHaveCountAsync(0);

        await PasteAsync(page, new string('b', 5001));

        await Expect(Chips(page)).ToHaveTextAsync("pasted text.txt5.0 KB");
    }

    [Fact]
    public async Task File_DroppedAnywhere_IsAttached()
    {
        await using var page = await fixture.OpenAsync();
        var data = await page.Page.EvaluateHandleAsync("""
            () => {
              const data = new DataTransfer();
              data.items.add(new File(["dropped text"], "dropped.txt"));
              return data;
            }
            """);
        await page.Page.DispatchEventAsync("h1", "dragover", new { dataTransfer = data });
        await Expect(page.Page.Locator(".composer.dropping")).ToBeVisibleAsync();

        await page.Page.DispatchEventAsync("h1", "drop", new { dataTransfer = data });

        await Expect(Chips(page)).ToContainTextAsync("dropped.txt");
        await Expect(page.Page.Locator(".composer.dropping")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Files_OfAChat_AreExportedAndImported()
    {
        await using var page = await fixture.OpenAsync();
        await AttachAsync(page, "data.csv", "a,b"u8.ToArray());
        await page.AskAsync("A chat with a file");
        await page.Button("More for A chat with a file").ClickAsync();
        var download = await page.Page.RunAndWaitForDownloadAsync(
            () => page.Page.Locator(".menu").GetByRole(AriaRole.Button, new() { Name = "Export as JSON" }).ClickAsync());
        await page.Button("Settings").ClickAsync();
        await page.Page.Locator("dialog input[type=file]").SetInputFilesAsync(await download.PathAsync());
        await Expect(page.Page.Locator(".chat .title")).ToHaveCountAsync(2);
        await page.Button("Close").ClickAsync();

        var address = page.Page.Url;
        await page.Page.Locator(".chat:not(.current) .title").ClickAsync();
        await Expect(page.Page).Not.ToHaveURLAsync(address); // Both chats have the same messages.

        await page.Page.Locator("article.user details.file summary").ClickAsync();
        await Expect(page.Page.Locator("article.user details.file pre")).ToHaveTextAsync("a,b");
    }

    private static ILocator Chips(ChatPage page) => page.Page.Locator(".attachments .chip");

    private static Task AttachAsync(ChatPage page, string name, byte[] bytes, string type = "application/octet-stream") =>
        page.Page.Locator(".composer input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = name, MimeType = type, Buffer = bytes });

    private static async Task PasteAsync(ChatPage page, string text)
    {
        await page.Page.EvaluateAsync("(text) => navigator.clipboard.writeText(text)", text);
        await page.Page.Keyboard.PressAsync("Control+v");
    }

    // Other tests run at the same time.
    private string? LastContent(string text) =>
        fixture.Emulator.Calls.Select(call => call.Body["messages"]?.AsArray()[^1]!["content"]?.ToString())
            .Last(content => content?.Contains(text, StringComparison.Ordinal) == true);
}
