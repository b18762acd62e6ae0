using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Tables that are wider than the page, and those of scripts that are written from right to left.</summary>
public sealed class TableTests(PageFixture fixture)
{
    private static readonly string[] Cells = ["column", "---", "value"];

    [Fact]
    public async Task Table_WiderThanAPhone_ShowsWhichSideHidesColumns()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ViewportSize = new() { Width = 360, Height = 740 });
        await page.SayAsync(
            "| Country | Population | Area | Languages |\n|---|--:|--:|---|\n" +
                "| Switzerland | 8,900,000 | 41,285 | German, French, Italian |");
        await page.AskAsync("As a table");
        var table = page.Page.Locator(".table");
        Assert.Equal("right", await ShadowsAsync(table));

        await table.EvaluateAsync("table => table.scrollLeft = 20");
        Assert.Equal("left right", await ShadowsAsync(table));

        await table.EvaluateAsync("table => table.scrollLeft = 9999");
        Assert.Equal("left", await ShadowsAsync(table));
    }

    [Fact]
    public async Task Table_OfARightToLeftScript_HasStraightColumns()
    {
        await using var page = await fixture.OpenAsync();
        await page.SayAsync("> ציטוט\n\n| שם | ערך | מספר |\n|---|---|--:|\n| אחד | 1 | 10 |\n\n| a | b |\n|---|--:|\n| שתיים | 2 |");

        await page.AskAsync("As a table");

        var cells = page.Page.Locator(".table").First.Locator("th, td");
        await Expect(cells).ToHaveCountAsync(6);
        Assert.All(await AlignmentsAsync(cells), alignment => Assert.Equal("right", alignment));
        Assert.Equal(["start", "right", "start", "right"], await AlignmentsAsync(page.Page.Locator(".table").Last.Locator("th, td")));
        await Expect(page.Answer.Locator("blockquote")).ToHaveCSSAsync("padding-right", "16px");
    }

    [Fact]
    public async Task Table_WiderThanPaper_IsPrintedWhole()
    {
        await using var page = await fixture.OpenAsync();
        var rows = Cells.Select(cell => string.Concat(Enumerable.Repeat($"| {cell} ", 24)) + "|");
        await page.SayAsync(string.Join('\n', rows));
        await page.AskAsync("As a table");

        await page.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.Page.SetViewportSizeAsync(794, 1123);

        await page.Page.WaitForFunctionAsync("() => document.querySelector('.table').scrollWidth <= 794");
        Assert.Equal("none", await page.Page.Locator(".table").EvaluateAsync<string>("table => getComputedStyle(table).backgroundImage"));
    }

    [Fact]
    public async Task Table_InChinese_KeepsShortCellsOnOneLine()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ViewportSize = new() { Width = 360, Height = 740 });
        await page.SayAsync(
            "| 名称 | 公式 | 说明 |\n|---|---|---|\n| 条件概率 | `P(A)=P(AB)/P(B)` | 在事件发生的前提下另一个事件发生的概率，用于推断 |");

        await page.AskAsync("As a table");

        var lines = await page.Answer.Locator("th, td:first-child").EvaluateAllAsync<int[]>("""
            cells => cells.map((cell) => {
              const range = document.createRange();
              range.selectNodeContents(cell);
              return new Set([...range.getClientRects()].map(({ top }) => top)).size;
            })
            """);
        Assert.Equal([1, 1, 1, 1], lines);
    }

    private static Task<string[]> AlignmentsAsync(ILocator cells) =>
        cells.EvaluateAllAsync<string[]>("cells => cells.map((cell) => getComputedStyle(cell).textAlign)");

    // The sides on which the lowest line of the table is not white.
    private static async Task<string> ShadowsAsync(ILocator table)
    {
        var picture = Convert.ToBase64String(await table.ScreenshotAsync());
        return await table.EvaluateAsync<string>(
            """
            async (_, picture) => {
              const image = new Image();
              image.src = `data:image/png;base64,${picture}`;
              await image.decode();
              const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
              context.drawImage(image, 0, 0);
              const isWhite = (x) => context.getImageData(x, image.height - 24, 1, 1).data[0] === 255;
              return [isWhite(3) ? "" : "left", isWhite(image.width - 4) ? "" : "right"].join(" ").trim();
            }
            """,
            picture);
    }
}
