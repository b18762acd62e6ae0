using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The page in a browser that blocks its data: chats last for the visit.</summary>
public sealed class BlockedDataTests(PageFixture fixture)
{
    private const string Notice = "This browser cannot store chats. They are lost when you close the page.";

    // What Chromium and Firefox refuse together.
    private const string Chromium = """
        const refuse = () => { throw new DOMException("", "SecurityError"); };
        IDBFactory.prototype.open = refuse;
        for (const name of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(window, name, { get: refuse });
        }
        for (const name of ["query", "request"]) {
          LockManager.prototype[name] = async () => refuse();
        }
        """;

    private const string Firefox = $$"""
        {{Chromium}}
        window.BroadcastChannel = class { constructor() { refuse(); } };
        """;

    [Theory]
    [InlineData(Chromium)]
    [InlineData(Firefox)]
    public async Task Page_WithoutSiteData_OpensChatsAndSendsQueuedMessages(string script)
    {
        await using var page = await fixture.OpenAsync("about:blank");
        await page.Page.AddInitScriptAsync($"{{ {script} }}");
        await page.GoToAsync(fixture.Link);
        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync(Notice);
        await page.SayAsync("One.");
        await page.AskAsync("First");
        await page.Button("New chat").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        var gate = $"page-blocked-{script.Length}";
        await fixture.BeginAsync(page, gate);
        await page.SayAsync("After the queue.");
        await page.SendAsync("Queued");

        fixture.Emulator.Gates.Open(gate, 100);

        await Expect(page.Messages).ToHaveCountAsync(4);
        await Expect(page.Answer).ToHaveTextAsync("After the queue.");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "First", Exact = true }).ClickAsync();
        await Expect(page.Answer).ToHaveTextAsync("One.");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Settings_WithoutSiteData_LastForTheVisit()
    {
        await using var page = await fixture.OpenAsync("about:blank");
        await page.Page.AddInitScriptAsync($"{{ {Chromium} }}");
        await page.GoToAsync(fixture.Link);
        await page.Button("Settings").ClickAsync();

        await SettingsTests.EnterAsync(page, "All chats", "Be brief.", "0.4", "", "");
        await page.Page.GetByLabel("Theme").SelectOptionAsync("dark");

        await Expect(page.Page.Locator("dialog .saved")).ToHaveTextAsync("Saved until this tab is closed");
        await page.Page.Locator("dialog").GetByLabel("Language").SelectOptionAsync("zh");
        await Expect(page.Page.Locator(".toast")).ToHaveTextAsync("This browser could not save the change.");
        await page.Button("Close").ClickAsync();
        await page.AskAsync("Settings that last for this visit");
        var body = fixture.Emulator.Calls.Select(call => call.Body)
            .Last(body => body.ToJsonString().Contains("Settings that last for this visit", StringComparison.Ordinal));
        Assert.Equal(("Be brief.", 0.4), ((string?)body["messages"]![0]!["content"], (double?)body["temperature"]));
        await page.Button("Settings").ClickAsync();
        await Expect(page.Page.GetByLabel("Theme")).ToHaveValueAsync("dark");
    }
}
