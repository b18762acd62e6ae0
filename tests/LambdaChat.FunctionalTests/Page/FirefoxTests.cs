using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>
/// The page in Debian's Firefox ESR, which the variable <c>FIREFOX</c> replaces. Playwright cannot drive it, so a script does, by WebDriver
/// BiDi. Without Firefox the test is skipped.
/// </summary>
public sealed class FirefoxTests(PageFixture fixture)
{
    [Fact]
    public async Task Page_InFirefox_Works()
    {
        var firefox = Environment.GetEnvironmentVariable("FIREFOX") ?? "/usr/bin/firefox-esr";
        Assert.SkipUnless(File.Exists(firefox), $"There is no {firefox}: apt-get install firefox-esr.");
        await fixture.ReadyAsync();
        var pictures = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "lambdachat-page")).FullName;

        await using var team = await FunctionFixture.StartLambdaAsync(fixture.Emulator.Address, new Log(), options => options with
        {
            MaxEnvironments = 50,
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["PAGE_TITLE"] = "Ask Ada",
                ["PAGE_LOGO"] = """<?xml version="1.0"?><svg width="56" height="28"><rect width="56" height="28"/></svg>""",
                ["PAGE_EXAMPLES"] = """["What is new?"]""",
            },
        });

        var axe = await Node.FindAsync("axe-core/axe.min.js");
        var teamLink = $"{team.Url}#key={FunctionFixture.Key}";
        var results = await Node.RunAsync("firefox.mjs", [], firefox, fixture.Link, pictures, axe, teamLink);

        string[] scenarios =
        [
            "empty", "content", "address", "versions", "model", "edit", "title", "menu", "sidebar", "print", "export",
            "place", "queue", "direction", "moment", "fault", "tool", "fold", "drop", "files", "pdf", "image", "paste", "code",
            "search", "settings", "shortcut", "language", "accessibility", "phone", "console", "offline", "team", "touch", "blocked",
        ];
        Assert.Equal(scenarios.Select(name => $"{name}: ok"),
            results.AsObject().Select(result => $"{result.Key}: {(string?)result.Value}"));
    }
}
