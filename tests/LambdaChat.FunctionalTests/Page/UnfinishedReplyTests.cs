using LambdaChat.FunctionalTests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Stored replies that the page cannot continue at its start, or not any more.</summary>
public sealed class UnfinishedReplyTests(PageFixture fixture) : StoredPageTests(fixture)
{
    private const string Models = "**/v1/models";
    private const string Whole = "slow and steady";

    [Fact]
    public async Task Message_SentWhenTheModelsLoadLate_FollowsTheWholeReply()
    {
        await using var page = await BeginAsync();
        await ReloadWithoutModelsAsync(page);
        await Expect(page.Page.Locator(".notice strong")).ToHaveTextAsync("The page was closed during the reply.");
        await Expect(page.Page.Locator(".notice button")).ToHaveCountAsync(0);
        await page.SayAsync("The next one.");

        await page.Input.FillAsync("And then?");
        await page.Input.PressAsync("Enter");
        await Expect(page.Page.Locator(".queued")).ToContainTextAsync("And then?");
        Fixture.Emulator.Gates.Open(Gate, 100);

        await Expect(page.Messages).ToHaveCountAsync(4);
        await Expect(page.Answer).ToHaveTextAsync("The next one.");
        await page.Stats.WaitForAsync();
        await Expect(page.Page.Locator(".notice")).ToHaveCountAsync(0);
        var messages = Fixture.Emulator.Calls.Select(call => call.Body["messages"]!.AsArray())
            .Last(messages => messages[^1]!["content"]!.ToString() == "And then?");
        Assert.Equal(["Slow", Whole, "And then?"], messages.Select(message => (string?)message!["content"]));
    }

    [Fact]
    public async Task Key_EnteredInTheSettings_ContinuesTheReply()
    {
        await using var page = await BeginAsync();
        await ReloadWithoutModelsAsync(page);
        await page.Button("Settings").ClickAsync();
        await page.Button("Change key").ClickAsync();
        await page.Page.GetByLabel("Key", new() { Exact = true }).FillAsync(FunctionFixture.Key);

        await page.Button("Test and use").ClickAsync();
        Fixture.Emulator.Gates.Open(Gate, 100);

        await Expect(page.Answer).ToHaveTextAsync(Whole);
        await page.Stats.WaitForAsync();
        await Expect(page.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    // As when the function's store was in the memory of a server that has started again.
    [Fact]
    public async Task Reply_ThatTheFunctionDoesNotHaveAnyMore_IsInterrupted()
    {
        await using var proxy = new BreakableProxy(Url);
        await using var page = await Fixture.OpenAsync($"{proxy.Url}#key={FunctionFixture.Key}");
        await Fixture.BeginAsync(page, Gate);
        await page.Page.RouteAsync("**/v1/chat/completions/*", route => route.FulfillAsync(
            new() { Status = 404, Body = """{"error":{"message":"There is none.","code":"completion_not_found"}}""" }));

        proxy.Break();
        proxy.Repair();

        await Expect(page.Page.Locator(".notice strong")).ToHaveTextAsync("The reply was interrupted.");
        await Expect(page.Page.Locator(".notice p").First).ToHaveTextAsync(
            "The text received so far is kept. Continue the reply, or ask again.");
        await Expect(page.Answer).ToContainTextAsync("slow");
        Fixture.Emulator.Gates.Open(Gate, 100);
    }

    // The first tab loses the reply when the second one has received all of it.
    [Fact]
    public async Task Reply_LostAfterAnotherTabReceivedItsEnd_KeepsTheEnd()
    {
        await using var proxy = new BreakableProxy(Url);
        await using var page = await Fixture.OpenAsync($"{proxy.Url}#key={FunctionFixture.Key}");
        await Fixture.BeginAsync(page, Gate);
        var second = await page.OpenTabAsync();
        await Expect(second.Answer).ToContainTextAsync("slow");
        await Expect(second.Button("Stop")).ToBeVisibleAsync(); // It receives the reply.
        var isEnded = new TaskCompletionSource();
        await page.Page.RouteAsync("**/v1/chat/completions/*", async route =>
        {
            await isEnded.Task;
            await route.FulfillAsync(
                new() { Status = 404, Body = """{"error":{"message":"There is none.","code":"completion_not_found"}}""" });
        });
        proxy.Break();
        proxy.Repair();
        Fixture.Emulator.Gates.Open(Gate, 100);
        await Expect(second.Answer).ToHaveTextAsync(Whole);
        await second.Stats.WaitForAsync();

        isEnded.SetResult();

        await Expect(page.Button("Send")).ToBeVisibleAsync();
        foreach (var tab in new[] { page, second })
        {
            await Expect(tab.Answer).ToHaveTextAsync(Whole);
            await Expect(tab.Page.Locator(".notice")).ToHaveCountAsync(0);
        }

        await second.Page.ReloadAsync();
        await Expect(second.Answer).ToHaveTextAsync(Whole);
        await Expect(second.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    // The first tab has all of the text when it loses the reply. The second one then receives the end.
    [Fact]
    public async Task Reply_LostBeforeAnotherTabReceivesItsEnd_HasTheEnd()
    {
        await using var proxy = new BreakableProxy(Url);
        await using var page = await Fixture.OpenAsync($"{proxy.Url}#key={FunctionFixture.Key}");
        await page.ScriptAsync($$"""{"reasoning":[""],"content":["steady"],"gate":"{{Gate}}"}""");
        await page.SendAsync("Slow");
        Fixture.Emulator.Gates.Open(Gate, 2);
        await Expect(page.Answer).ToHaveTextAsync("steady");
        var second = await page.OpenTabAsync();
        await Expect(second.Answer).ToHaveTextAsync("steady");
        await Expect(second.Button("Stop")).ToBeVisibleAsync(); // It receives the reply.
        await page.Page.RouteAsync("**/v1/chat/completions/*", route => route.FulfillAsync(
            new() { Status = 404, Body = """{"error":{"message":"There is none.","code":"completion_not_found"}}""" }));
        proxy.Break();
        proxy.Repair();
        await page.Page.Locator(".notice").WaitForAsync();

        Fixture.Emulator.Gates.Open(Gate, 100);

        await second.Stats.WaitForAsync();
        await second.Page.ReloadAsync();
        await Expect(second.Answer).ToHaveTextAsync("steady");
        await second.Stats.WaitForAsync();
        await Expect(second.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    private async Task<ChatPage> BeginAsync()
    {
        var page = await Fixture.OpenAsync($"{Url}#key={FunctionFixture.Key}");
        await Fixture.BeginAsync(page, Gate);
        return page;
    }

    // The models are not available at the start, and then they are.
    private static async Task ReloadWithoutModelsAsync(ChatPage page)
    {
        await page.Page.RouteAsync(Models, route => route.FulfillAsync(new() { Status = 503, Body = "{}" }));
        await page.Page.ReloadAsync();
        await page.Page.GetByRole(AriaRole.Dialog, new() { Name = "API key" }).WaitForAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.UnrouteAsync(Models);
    }
}
