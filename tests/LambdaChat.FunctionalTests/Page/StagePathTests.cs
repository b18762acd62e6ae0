using System.Collections.Concurrent;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda.Events;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The page behind a REST API, whose addresses start with the name of the stage.</summary>
public sealed class StagePathTests(PageFixture fixture)
{
    private readonly ConcurrentQueue<Uri> _requests = [];

    [Theory]
    [InlineData("prod")]
    [InlineData("prod/")]
    public async Task Page_OfAStage_LoadsAndCallsBelowTheStage(string address)
    {
        await fixture.ReadyAsync();
        await using var lambda = await FunctionFixture.StartLambdaAsync(
            fixture.Emulator.Address, new Log(), options => options with { EventFormat = EventFormat.Rest, MaxEnvironments = 50 });
        await using var page = await fixture.OpenAsync("about:blank");
        page.Page.Request += (_, request) => _requests.Enqueue(new Uri(request.Url));

        await page.GoToAsync($"{lambda.Url}{address}#key={FunctionFixture.Key}");
        await page.AskAsync("A question through a stage");

        await Expect(page.Messages).ToHaveCountAsync(2);
        // API Gateway refuses other paths, which the emulator accepts.
        Assert.All(_requests.Where(uri => uri.AbsolutePath != "/prod"), uri => Assert.StartsWith("/prod/", uri.AbsolutePath));
        Assert.Contains(_requests, uri => uri.AbsolutePath == "/prod/v1/chat/completions");
        Assert.Contains(_requests, uri => uri.AbsolutePath == "/prod/assets/main.js");
    }
}
