using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The name, logo and examples of a team, and the manifest of the installable page.</summary>
public sealed class TeamTests(PageFixture fixture)
{
    private const string Logo = """<svg xmlns="http://www.w3.org/2000/svg" width="56" height="28"><rect width="56" height="28"/></svg>""";

    [Fact]
    public async Task Page_WithSettings_ShowsThem()
    {
        await fixture.ReadyAsync();
        await using var lambda = await FunctionFixture.StartLambdaAsync(fixture.Emulator.Address, new Log(), options => options with
        {
            MaxEnvironments = 50,
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["PAGE_TITLE"] = "Ask <Ada>",
                ["PAGE_LOGO"] = Logo,
                ["PAGE_EXAMPLES"] = """["What is new?"]""",
            },
        });
        await using var page = await fixture.OpenAsync($"{lambda.Url}#key={FunctionFixture.Key}");

        await Expect(page.Page).ToHaveTitleAsync("Ask <Ada>");
        await Expect(page.Page.Locator(".brand")).ToHaveTextAsync("Ask <Ada>");
        await Expect(page.Page.Locator(".brand img")).ToHaveJSPropertyAsync("naturalWidth", 56);
        await Expect(page.Page.Locator(".brand img")).ToHaveJSPropertyAsync("clientWidth", 56);
        await Expect(page.Page.Locator(".examples button")).ToHaveTextAsync(["What is new?"]);
        Assert.Equal("Ask <Ada>", await NameInTheManifestAsync(lambda.Url));
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Page_WithoutSettings_NamesItselfAndTheModel()
    {
        await using var page = await fixture.OpenAsync();

        await Expect(page.Page).ToHaveTitleAsync("LambdaChat");
        await Expect(page.Page.Locator(".brand")).ToHaveTextAsync("LambdaChat");
        await Expect(page.Page.Locator(".empty")).ToContainTextAsync("You are chatting with r1.");
        await page.Page.Locator("select.model").SelectOptionAsync(PageFixture.Seeing);
        await Expect(page.Page.Locator(".empty")).ToContainTextAsync("You are chatting with seeing.");
        Assert.Equal("LambdaChat", await NameInTheManifestAsync(fixture.Url));
    }

    [Fact]
    public async Task EmptyPage_HigherThanTheWindow_ShowsItsStart()
    {
        await using var page = await fixture.OpenAsync(configure: options => options.ViewportSize = new() { Width = 320, Height = 256 });

        await Expect(page.Page.Locator(".empty")).ToContainTextAsync(PageFixture.Model);
        await Expect(page.Page.Locator(".brand")).ToBeInViewportAsync();
        await page.SayAsync(string.Concat(Enumerable.Repeat("A line.\n\n", 40)));
        await page.AskAsync("Follow this one");
        await page.Page.WaitForFunctionAsync("""
            () => {
              const { scrollTop, scrollHeight, clientHeight } = document.querySelector(".scroller");
              return scrollTop > 0 && scrollHeight - scrollTop - clientHeight < 2;
            }
            """);
        await page.Page.Locator(".new-small").ClickAsync();
        await Expect(page.Page.Locator(".brand")).ToBeInViewportAsync();
        await Expect(page.Button("Jump to the latest message")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Manifest_MakesThePageInstallable()
    {
        await using var page = await fixture.OpenAsync();
        var session = await page.Page.Context.NewCDPSessionAsync(page.Page);

        var manifest = JsonNode.Parse((await session.SendAsync("Page.getAppManifest")).ToString()!)!;
        var problems = JsonNode.Parse((await session.SendAsync("Page.getInstallabilityErrors")).ToString()!)!;

        Assert.Equal($"{fixture.Url}assets/manifest.webmanifest", (string?)manifest["url"]);
        Assert.Empty(manifest["errors"]!.AsArray());
        Assert.DoesNotContain("manifest", problems.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("icon", problems.ToJsonString(), StringComparison.Ordinal);
    }

    private static async Task<string?> NameInTheManifestAsync(Uri url)
    {
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri(url, "assets/manifest.webmanifest"), TestContext.Current.CancellationToken);
        return (string?)JsonNode.Parse(text)!["name"];
    }
}
