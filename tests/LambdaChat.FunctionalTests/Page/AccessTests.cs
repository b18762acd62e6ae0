using System.Collections.Concurrent;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The API key is tested once, stored only on request, and never sent to an address from a link without confirmation.</summary>
public sealed class AccessTests(PageFixture fixture)
{
    [Fact]
    public async Task Key_Missing_IsAskedTestedAndUsedForTheVisit()
    {
        await fixture.ReadyAsync();
        await using var page = await fixture.OpenAsync(fixture.Url.ToString());
        await Expect(Dialog(page)).ToContainTextAsync($"The key for {fixture.Url.Authority}.");
        await Dialog(page).GetByLabel("Key", new() { Exact = true }).FillAsync("wrong");
        await page.Button("Test and use").ClickAsync();
        await Expect(Dialog(page).GetByRole(AriaRole.Alert)).ToHaveTextAsync("The API key is incorrect.");

        await EnterKeyAsync(page);

        await page.AskAsync("Am I in?");
        await page.Page.ReloadAsync();
        await Expect(page.Messages).ToHaveCountAsync(2);
        await page.AskAsync("Still in after a reload?");
        await using var tab = new ChatPage(await page.Page.Context.NewPageAsync());
        await tab.GoToAsync(fixture.Url.ToString());
        await Expect(Dialog(tab)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Key_StoredOnRequest_IsUsedAgainAndCanBeDeleted()
    {
        await fixture.ReadyAsync();
        await using var page = await fixture.OpenAsync(fixture.Url.ToString());
        await Dialog(page).GetByLabel("Keep it in this browser").CheckAsync();
        await EnterKeyAsync(page);
        await page.Page.ReloadAsync();
        await page.AskAsync("Still in?");

        await page.Button("Settings").ClickAsync();
        await page.Button("Forget key").ClickAsync();

        await Expect(Dialog(page)).ToBeVisibleAsync();
        Assert.DoesNotContain(FunctionFixture.Key, await page.Page.EvaluateAsync<string>("JSON.stringify(localStorage)"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_StoredBeforeAShortOutage_IsUsedAgainWithoutEnteringIt()
    {
        await fixture.ReadyAsync();
        await using var page = await fixture.OpenAsync(fixture.Url.ToString());
        await Dialog(page).GetByLabel("Keep it in this browser").CheckAsync();
        await EnterKeyAsync(page);
        await page.Page.RouteAsync("**/v1/models", route => route.FulfillAsync(new() { Status = 503, Body = "{}" }));
        await page.Page.ReloadAsync();
        await Expect(Dialog(page).GetByRole(AriaRole.Alert)).ToContainTextAsync("The service is temporarily unavailable.");
        await page.Page.UnrouteAllAsync();
        await Expect(Dialog(page).GetByLabel("Keep it in this browser")).ToBeCheckedAsync();

        await page.Button("Test and use").ClickAsync();

        await Expect(Dialog(page)).ToHaveCountAsync(0);
        await page.Page.ReloadAsync();
        await page.AskAsync("Still in?");
        Assert.Contains(FunctionFixture.Key, await page.Page.EvaluateAsync<string>("localStorage.getItem('lambdachat.keys')"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_InALink_IsRemovedFromTheAddressAndNotStored()
    {
        await using var page = await fixture.OpenAsync();

        await Expect(page.Page.Locator("select.model option")).ToHaveTextAsync(["r1", "seeing", "cold-0s"]);
        await Expect(page.Page).ToHaveURLAsync(fixture.Url.ToString());
        Assert.DoesNotContain(FunctionFixture.Key, await page.Page.EvaluateAsync<string>("JSON.stringify(localStorage)"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a+b/c==", "Bearer a+b/c==")] // As `openssl rand -base64` writes it, without the encoding of a URL.
    [InlineData("a%2Bb%2Fc%3D%3D", "Bearer a+b/c==")]
    [InlineData("“sk”", null)] // No request can carry it.
    [InlineData("sk\u200b", null)]
    public async Task Key_WithOddCharacters_IsSentAsItIsOrIncorrect(string key, string? sent)
    {
        await using var page = await fixture.OpenAsync("about:blank");
        var headers = new ConcurrentQueue<string?>();
        page.Page.Request += (_, request) => Add(request);

        await page.GoToAsync($"{fixture.Url}#key={key}");

        await Expect(Dialog(page).GetByRole(AriaRole.Alert)).ToHaveTextAsync("The API key is incorrect.");
        Assert.Equal(sent is null ? [] : [sent], headers);

        void Add(IRequest request)
        {
            if (request.Url.EndsWith("/v1/models", StringComparison.Ordinal))
            {
                headers.Enqueue(request.Headers.GetValueOrDefault("authorization"));
            }
        }
    }

    [Fact]
    public async Task Key_InALinkOpenedInTheSameTab_IsUsed()
    {
        await fixture.ReadyAsync();
        await using var page = await fixture.OpenAsync($"{fixture.Url}#key=revoked");
        await Expect(Dialog(page)).ToBeVisibleAsync();

        await page.GoToAsync(fixture.Link);

        await Expect(page.Page.Locator("select.model")).ToHaveValueAsync(PageFixture.Model);
        await Expect(page.Page).ToHaveURLAsync(fixture.Url.ToString());
    }

    [Fact]
    public async Task Key_InALink_IsRemovedFromTheAddressBeforeTheStoreIsOpen()
    {
        await using var page = await fixture.OpenAsync("about:blank");
        await page.Page.AddInitScriptAsync("IDBFactory.prototype.open = () => new EventTarget();"); // Never finishes.

        await page.GoToAsync(fixture.Link);

        await Expect(page.Page).ToHaveURLAsync(fixture.Url.ToString());
    }

    [Fact]
    public async Task Message_WithoutKey_IsSentOnceTheKeyIsEntered()
    {
        await fixture.ReadyAsync();
        await using var page = await fixture.OpenAsync(fixture.Url.ToString());
        await Expect(Dialog(page)).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(Dialog(page)).ToHaveCountAsync(0);
        await page.Input.FillAsync("An early question");
        await page.Input.PressAsync("Enter");

        await EnterKeyAsync(page);

        await Expect(page.Page.Locator("article.user .bubble")).ToHaveTextAsync("An early question");
        await page.Stats.WaitForAsync();
    }

    [Fact]
    public async Task Message_WithoutAnyModel_StaysInTheBoxAndSaysWhy()
    {
        await using var page = await fixture.OpenAsync("about:blank");
        await page.Page.RouteAsync("**/v1/models", route => route.FulfillAsync(new() { Body = """{"data":[]}""" }));
        await page.GoToAsync(fixture.Link);

        await page.Input.FillAsync("Is anyone there?");
        await page.Input.PressAsync("Enter");

        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("No model");
        await Expect(page.Input).ToHaveValueAsync("Is anyone there?");
    }

    [Fact]
    public async Task Page_OnAnotherHost_UsesTheConfirmedApi()
    {
        await using var site = await SiteAsync();
        await using var page = await fixture.OpenAsync($"{site.UrlToCall()}?api={fixture.Url}v1");
        await Expect(Dialog(page)).ToContainTextAsync($"The key for {fixture.Url.Authority}.");
        await Dialog(page).GetByLabel("Keep it in this browser").CheckAsync();
        await EnterKeyAsync(page);
        await page.AskAsync("From another origin?");
        await page.GoToAsync(site.UrlToCall().ToString());
        await page.AskAsync("And without the parameter?");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Link_WithAnotherAddress_ReceivesNoStoredKey()
    {
        var headers = new ConcurrentQueue<string>();
        await using var other = LoopbackServer.Create(System.Net.IPAddress.Loopback, port: 0);
        other.Run(context =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            context.Response.Headers.AccessControlAllowHeaders = "content-type, authorization";
            headers.Enqueue($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Authorization}");
            return context.Response.WriteAsync("""{"data":[{"id":"other"}]}""");
        });
        await other.ListenAsync(System.Net.IPAddress.Loopback, port: 0);
        await using var site = await SiteAsync();
        await using var page = await fixture.OpenAsync($"{site.UrlToCall()}?api={fixture.Url}");
        await Dialog(page).GetByLabel("Keep it in this browser").CheckAsync();
        await EnterKeyAsync(page);

        await page.GoToAsync($"{site.UrlToCall()}?api={other.UrlToCall()}");
        await Expect(Dialog(page)).ToContainTextAsync($"The key for {other.UrlToCall().Authority}.");
        await Expect(Dialog(page).GetByLabel("Key", new() { Exact = true })).ToHaveValueAsync("");
        Assert.Empty(headers);
        await page.Button("Test and use").ClickAsync();
        await Expect(Dialog(page)).ToHaveCountAsync(0);

        await page.SendAsync("What do you know of me?");
        await Expect(page.Page.Locator(".notice.fault")).ToBeVisibleAsync();
        Assert.Equal(["GET /v1/models ", "OPTIONS /v1/chat/completions ", "POST /v1/chat/completions "], headers);
    }

    private static ILocator Dialog(ChatPage page) => page.Page.GetByRole(AriaRole.Dialog, new() { Name = "API key" });

    private static async Task EnterKeyAsync(ChatPage page)
    {
        await Dialog(page).GetByLabel("Key", new() { Exact = true }).FillAsync(FunctionFixture.Key);
        await page.Button("Test and use").ClickAsync();
        await Expect(Dialog(page)).ToHaveCountAsync(0);
    }

    // A static host, such as a bucket: files and content types, without the function's headers.
    private async Task<WebApplication> SiteAsync()
    {
        await fixture.ReadyAsync();
        var site = LoopbackServer.Create(System.Net.IPAddress.Loopback, port: 0);
        var root = Path.Combine(FunctionFixture.FunctionPath, "wwwroot");
        site.Run(context =>
        {
            var path = Path.Combine(root, context.Request.Path == "/" ? "index.html" : context.Request.Path.Value![1..]);
            context.Response.ContentType = Path.GetExtension(path) switch
            {
                ".js" or ".mjs" => "text/javascript",
                ".css" =>
                "text/css",
                ".svg" => "image/svg+xml",
                _ => "text/html"
            };
            return context.Response.SendFileAsync(path);
        });
        await site.ListenAsync(System.Net.IPAddress.Loopback, port: 0);
        return site;
    }
}
