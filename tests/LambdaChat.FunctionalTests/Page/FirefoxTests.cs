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

        var axe = await Node.FindAsync("axe-core/axe.min.js");
        var results = await Node.RunAsync("firefox.mjs", [], firefox, fixture.Link, pictures, axe);

        string[] scenarios =
        [
            "empty", "content", "address", "versions", "menu", "sidebar", "print", "export", "place", "queue", "fault", "tool", "fold", "drop",
            "files", "pdf", "code", "search", "settings", "language", "accessibility", "phone", "console", "offline",
        ];
        Assert.Equal(scenarios.Select(name => $"{name}: ok"),
            results.AsObject().Select(result => $"{result.Key}: {(string?)result.Value}"));
    }
}
