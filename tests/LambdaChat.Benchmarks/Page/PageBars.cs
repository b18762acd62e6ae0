using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace LambdaChat.Benchmarks.Page;

/// <summary>
/// The chat page with many messages, served by the published function, in Debian's Chromium; the variable <c>CHROMIUM</c> names another.
/// </summary>
internal static class PageBars
{
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--enable-precise-memory-info",
            "--lang=en-US"];

    public static async Task<IReadOnlyList<PageMeasure>> MeasureAsync(string package, bool isSmoke)
    {
        using var server = await PageServer.StartAsync(package);
        using var playwright = await Playwright.CreateAsync();
        var chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Arguments });
        var rounds = new List<IReadOnlyList<PageMeasure>>();
        for (var round = 0; round < (isSmoke ? 1 : 5); round++)
        {
            // With its own storage.
            var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1200, Height = 800 } });
            await page.AddInitScriptAsync(PageProbe.Script);
            rounds.Add(await MeasureAsync(page, server.Address, isSmoke ? (200, 2_000, 30) : (2_000, 100_000, 600)));
            await page.CloseAsync();
        }

        return [.. rounds[0].Select((_, row) => PageMeasure.MedianOf([.. rounds.Select(round => round[row])]))];
    }

    private static async Task<IReadOnlyList<PageMeasure>> MeasureAsync(IPage page, Uri address, (int Messages, int Tokens, int Frames) size)
    {
        await page.GotoAsync(address.ToString());
        await ImportAsync(page, size.Messages);
        var measures = new List<PageMeasure>
        {
            await PageProbe.RunAsync(page, $"a chat of {size.Messages:N0} messages is opened", () => OpenAsync(page, size.Messages)),
            await PageProbe.RunAsync(page, $"it is scrolled up for {size.Frames} frames, 200 pixels each",
                () => ScrollAsync(page, size.Frames)),
            await PageProbe.RunAsync(page, $"a reply of {size.Tokens:N0} tokens comes in it, as fast as it can",
                () => StreamAsync(page, size.Tokens)),
        };
        return measures;
    }

    private static async Task ImportAsync(IPage page, int messages)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        await page.Locator("dialog input[type=file]")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "chat.json",
                    MimeType = "application/json",
                    Buffer = Encoding.UTF8.GetBytes(PageTexts.Chat(messages))
                });
        await page.Locator(".chat").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
    }

    private static async Task OpenAsync(IPage page, int messages)
    {
        await page.Locator(".chat .title").ClickAsync();
        await page.WaitForFunctionAsync(
            "(count) => document.querySelectorAll('article.message').length === count && document.querySelectorAll('.list > " +
                "article:last-child .stats').length === 1", messages);
    }

    // A few pixels with each frame, as a finger or a wheel does.
    private static async Task ScrollAsync(IPage page, int frames) => await page.EvaluateAsync(
        """
        (frames) => new Promise((resolve) => {
          const scroller = document.querySelector(".scroller");
          const scroll = () => {
            scroller.scrollTop -= 200;
            if (--frames > 0) requestAnimationFrame(scroll); else resolve();
          };
          requestAnimationFrame(scroll);
        })
        """,
        frames);

    private static async Task StreamAsync(IPage page, int tokens)
    {
        await page.RouteAsync("**/v1/chat/completions", route =>
        {
            var body = JsonNode.Parse(route.Request.PostData!)!.AsObject();
            body["stand_in"] = new JsonObject
            {
                ["pace_ms"] = 0,
                ["reasoning"] = new JsonArray(""),
                ["content"] = new JsonArray(PageTexts.OfTokens(tokens))
            };
            return route.ContinueAsync(new() { PostData = Encoding.UTF8.GetBytes(body.ToJsonString()) });
        });
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true }).FillAsync("At length, please");
        await page.Keyboard.PressAsync("Enter");
        page.SetDefaultTimeout(300_000);
        // A locator that compares texts would read all elements of the page, again and again, in the frames that are measured.
        await page.WaitForFunctionAsync(
            "() => document.querySelector('.list > article:last-child .stats')?.textContent.includes('tokens')");
    }
}
