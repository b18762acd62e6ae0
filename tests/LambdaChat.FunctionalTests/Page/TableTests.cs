using Microsoft.Playwright;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Tables that are wider than the page.</summary>
public sealed class TableTests(PageFixture fixture)
{
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
