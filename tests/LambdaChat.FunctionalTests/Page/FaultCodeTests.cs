using System.Text.RegularExpressions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The page has a text for each error code that the function can send, and for no other.</summary>
public sealed partial class FaultCodeTests(PageFixture fixture)
{
    // Codes that the page sets itself.
    private static readonly string[] PageCodes = ["connection_lost", "interrupted", "unreachable"];

    // The error types of OpenAI and Anthropic, which appear beside the codes.
    private static readonly string[] Types =
    [
        "invalid_request_error", "rate_limit_error", "server_error", "api_error", "authentication_error", "not_found_error",
        "overloaded_error", "permission_error", "timeout_error",
    ];

    // Codes, and a field, of the APIs that the page does not call, and of fields that it does not send.
    private static readonly string[] OfOtherApis =
    [
        "previous_response_id", "previous_response_not_found", "request_too_large_to_store", "response_not_found",
        "thread_unsupported_request", "tokens_not_counted", "unsupported_parameter",
    ];

    [Fact]
    public async Task Codes_OfTheFunction_AreAllKnownToThePage()
    {
        await using var page = await fixture.OpenAsync();
        var sent = SourceFiles().SelectMany(text => text.Split(';')).Where(IsError).SelectMany(CodesOf).Except(Types).Except(OfOtherApis)
            .Distinct().Order().ToList();

        Assert.InRange(sent.Count, 25, 100);
        Assert.Empty(sent.Except(await CodesOfThePageAsync(page)));
    }

    [Fact]
    public async Task Codes_OfThePage_AreAllSentByTheFunctionOrThePage()
    {
        await using var page = await fixture.OpenAsync();
        var words = SourceFiles().SelectMany(CodesOf).ToHashSet(StringComparer.Ordinal);

        Assert.Empty((await CodesOfThePageAsync(page)).Except(PageCodes).Except(words));
    }

    [Fact]
    public async Task Kinds_OfThePage_EachHaveATitleAndAnAdvice()
    {
        await using var page = await fixture.OpenAsync();

        var missing = await page.Page.EvaluateAsync<string[]>("""
            async () => {
              const { codes, kindOf } = await import("/assets/faults.js");
              const { dictionaries } = await import("/assets/texts.js");
              const kinds = [...Object.keys(codes).map((code) => kindOf({ code })), "failed", "large", "other"];
              return kinds.flatMap((kind) => [`fault_${kind}`, `advice_${kind}`]).filter((key) => !dictionaries.en[key] || !dictionaries.zh[key]);
            }
            """);

        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("en-US", 1, "Retry in 1 second.")]
    [InlineData("en-US", 119, "Retry in 119 seconds.")]
    [InlineData("en-US", 121, "Retry in 3 minutes.")]
    [InlineData("en-US", 1_123_200, "Retry in 13 days.")]
    [InlineData("zh-CN", 7200, "请等待限额重置，或联系服务管理员。2小时后可重试。")]
    public async Task Wait_IsNamedInItsLargestUnit(string locale, int retryAfter, string expected)
    {
        await using var page = await fixture.OpenAsync(configure: options => options.Locale = locale);

        var advice = await page.Page.EvaluateAsync<string>(
            "async (retryAfter) => (await import('/assets/faults.js')).explain({ code: 'insufficient_quota', retryAfter }).advice",
            retryAfter);

        Assert.EndsWith(expected, advice, StringComparison.Ordinal);
    }

    private static Task<string[]> CodesOfThePageAsync(ChatPage page) =>
        page.Page.EvaluateAsync<string[]>("async () => Object.keys((await import('/assets/faults.js')).codes)");

    // By content and not by path, so that a file can be moved.
    private static IEnumerable<string> SourceFiles()
    {
        var folder = Path.Combine(FindRoot(AppContext.BaseDirectory), "src", "LambdaChat");
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .Select(File.ReadAllText);
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "LambdaChat.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);

    private static bool IsError(string statement) =>
        statement.Contains("ApiError", StringComparison.Ordinal) || statement.Contains("Undecided(", StringComparison.Ordinal)
            || statement.Contains(" Code => ", StringComparison.Ordinal);

    private static IEnumerable<string> CodesOf(string text) => Code().Matches(text).Select(match => match.Groups[1].Value);

    [GeneratedRegex("\"([a-z]+(?:_[a-z]+)+)\"")]
    private static partial Regex Code();
}
