using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The page without a network.</summary>
public sealed partial class OfflineTests(PageFixture fixture)
{
    [Fact]
    public async Task Page_WithoutANetwork_ShowsTheStoredChats()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ServiceWorkers = ServiceWorkerPolicy.Allow);
        await page.AskAsync("Kept for later");
        await page.Page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
        await page.Page.ReloadAsync(); // The worker also keeps the libraries that this page loads.
        await Expect(page.Answer.Locator("p").First).ToBeVisibleAsync();
        await page.Page.Context.SetOfflineAsync(true);

        await page.Page.ReloadAsync();

        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync("Kept for later");
        await Expect(page.Answer.Locator("p").First).ToBeVisibleAsync();
        await Expect(page.Page.Locator("dialog")).ToHaveCountAsync(0);
        await page.Input.FillAsync("Sent without a network");
        await page.Input.PressAsync("Enter");
        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("You are offline. The message was not sent.");
        await Expect(page.Input).ToHaveValueAsync("Sent without a network");
        await page.Page.Context.SetOfflineAsync(false);
        await page.AskAsync("And back");
    }

    [Theory]
    [InlineData("/assets/thread.js")]
    [InlineData("/")]
    public async Task Page_OfAThrottledFunction_IsTheKeptOne(string path)
    {
        await fixture.ReadyAsync();
        var throttled = "";
        await using var site = LoopbackServer.Create(System.Net.IPAddress.Loopback, port: 0);
        using var client = FunctionFixture.CreateClient(fixture.Url);
        site.Run(async context =>
        {
            using var response = await client.GetAsync(new Uri(fixture.Url, context.Request.Path.Value!), context.RequestAborted);
            var isThrottled = context.Request.Path == throttled;
            context.Response.StatusCode = isThrottled ? StatusCodes.Status429TooManyRequests : (int)response.StatusCode;
            context.Response.ContentType = isThrottled ? "application/json" : response.Content.Headers.ContentType?.ToString();
            await (isThrottled
                ? context.Response.WriteAsync("""{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}""")
                : response.Content.CopyToAsync(context.Response.Body));
        });
        await site.ListenAsync(System.Net.IPAddress.Loopback, port: 0);
        await using var page = await fixture.OpenAsync(
            $"{site.UrlToCall()}#key={FunctionFixture.Key}", options => options.ServiceWorkers = ServiceWorkerPolicy.Allow);
        await page.Page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
        throttled = path;

        await page.Page.ReloadAsync();

        await Expect(page.Input).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Worker_WithoutSpaceForAFile_ReturnsTheOneOfTheNetwork()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ServiceWorkers = ServiceWorkerPolicy.Allow);
        await page.Page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
        await page.Page.EvaluateAsync("""
            async () => {
              const old = new Response("", { headers: { "content-type": "text/javascript" } });
              await (await caches.open("lambdachat")).put("assets/characters.js", old);
            }
            """);
        var session = await page.Page.Context.NewCDPSessionAsync(page.Page);
        await session.SendAsync("Storage.overrideQuotaForOrigin", new() { ["origin"] = fixture.Url.ToString(), ["quotaSize"] = 1 });

        var names = await page.Page.EvaluateAsync<string[]>("async () => Object.keys(await import('/assets/characters.js?again'))");

        Assert.Contains("firstCharacters", names);
    }

    // As after a deployment: the worker is another one, and an earlier page has kept a library.
    [Fact]
    public async Task Worker_Installed_KeepsTheLibrariesOfItsDeployment()
    {
        await fixture.ReadyAsync();
        await using var page = await fixture.OpenAsync(
            $"{fixture.Url}assets/icon.svg", options => options.ServiceWorkers = ServiceWorkerPolicy.Allow);
        await page.Page.EvaluateAsync("""
            async () => {
              const cache = await caches.open("lambdachat");
              const old = () => new Response("old", { headers: { "content-type": "text/javascript" } });
              for (const path of ["vendor/temml/dist/temml.mjs", "vendor/removed.js", "assets/thread.js", "?api=x"]) {
                await cache.put(`/${path}`, old());
              }
            }
            """);
        await page.GoToAsync(fixture.Link);

        var kept = await page.Page.EvaluateAsync<string[]>("""
            async () => {
              await navigator.serviceWorker.ready;
              const cache = await caches.open("lambdachat");
              const requests = await cache.keys();
              const texts = await Promise.all(requests.map(async (request) => (await cache.match(request)).text()));
              return requests.map(({ url }) => url).filter((url, i) => texts[i] === "old");
            }
            """);

        Assert.Empty(kept);
    }

    [Fact]
    public async Task Worker_NamesTheHashOfAllFiles()
    {
        var root = Path.Combine(FunctionFixture.FunctionPath, "wwwroot");
        var names = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(name => name != "sw.js")
            .Order(StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            hash.AppendData(await File.ReadAllBytesAsync(Path.Combine(root, name), TestContext.Current.CancellationToken));
        }

        var worker = await File.ReadAllTextAsync(Path.Combine(root, "sw.js"), TestContext.Current.CancellationToken);

        Assert.Equal(Convert.ToHexStringLower(hash.GetHashAndReset())[..16], HashOfFiles().Match(worker).Value);
    }

    [Fact]
    public async Task Worker_KeepsAllFilesOfThePage()
    {
        await fixture.ReadyAsync();
        var root = Path.Combine(FunctionFixture.FunctionPath, "wwwroot");
        var worker = await File.ReadAllTextAsync(Path.Combine(root, "sw.js"), TestContext.Current.CancellationToken);

        Assert.All(Directory.EnumerateFiles(Path.Combine(root, "assets")),
            path => Assert.Contains($"\"assets/{Path.GetFileName(path)}\"", worker, StringComparison.Ordinal));
    }

    [GeneratedRegex("\\b[0-9a-f]{16}\\b")]
    private static partial Regex HashOfFiles();
}
