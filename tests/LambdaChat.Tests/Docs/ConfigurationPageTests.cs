using System.Text.RegularExpressions;
using LambdaChat.Configuration;

namespace LambdaChat.Tests.Docs;

/// <summary>The page on configuration has a row for each variable and each model field that the source reads, and no other rows.</summary>
public sealed partial class ConfigurationPageTests
{
    private static readonly Document Page = Document.Find(Path.Combine("src", "docs", "configuration.md"));

    // Settings with a name of one word. Other literals of one word in capitals are HTTP methods and log levels.
    private static readonly string[] ShortNames = ["MODELS", "LIMITS", "TABLE", "METRICS", "STORE"];

    // Read by the AWS SDK and OpenTelemetry's SDK.
    private static readonly string[] Foreign = ["AWS_PROFILE", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_DYNAMODB", "OTEL_SERVICE_NAME"];

    // Error codes of model servers.
    private static readonly string[] ErrorCodes = ["BAD_REQUEST"];

    // Variables of clients, tests and NextChat, and values in capitals.
    private static readonly string[] Others =
    [
        "OPENAI_BASE_URL", "OPENAI_API_KEY", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY",
        "OPENAI_AGENTS_DISABLE_TRACING", "BASE_URL", "CUSTOM_MODELS",
        "LAMBDACHAT_FUNCTION", "UPDATE_DOCS", "FUZZ_CASES", "AWS_IAM", "PREFIX_AWARE", "KV_AWARE", "LEAST_OUTSTANDING_REQUESTS",
        "RUN_FINISHED", "RUN_ERROR", "MESSAGES_SNAPSHOT",
    ];

    [Fact]
    public void Variables_AreThoseOfTheSource()
    {
        var literals = SourceFiles.OfFunction.Where(text => !text.Contains("class SettingNames", StringComparison.Ordinal))
            .SelectMany(text => Variable().Matches(text)).Select(match => match.Groups[1].Value).Except(ErrorCodes);
        var documented = Page.CodeSpans.Where(span => WholeVariable().IsMatch(span)).Except(Foreign);

        Assert.Equal(literals.Concat(ShortNames).Distinct().Order(StringComparer.Ordinal),
            documented.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_OfSettings_AreThoseOfThePage()
    {
        var documented = Page.CodeSpans.Where(span => WholeVariable().IsMatch(span)).Distinct();

        Assert.All(documented, name => Assert.True(SettingNames.IsKnown(name) || IsOfTheEnvironment(name), name));
        Assert.All(SettingNames.Own, name => Assert.Contains(name, Page.CodeSpans));
    }

    [Fact]
    public void Variables_OfOtherPages_AreOnThePage()
    {
        var known = Page.CodeSpans.ToHashSet();

        var named = Document.All.SelectMany(document => document.CodeSpans).Where(span => WholeVariable().IsMatch(span));

        Assert.DoesNotContain(named.Except(known).Except(Others), name => !IsOfContainerImage(name));
    }

    [Fact]
    public void ModelFields_AreThoseOfTheSource()
    {
        var reader = File.ReadAllText(Path.Combine(Document.Root, "src", "LambdaChat", "Models", "ModelCatalogReader.cs"));
        var read = Field().Matches(reader).Select(match => match.Groups[1].Value);
        var from = Page.Headings.Single(heading => heading.Anchor == "models").Line;
        var to = Page.Headings.Single(heading => heading.Anchor == "authentication").Line;
        var documented = Page.Lines.Take(to).Skip(from).SelectMany(line => Row().Matches(line)).Select(match => match.Groups[1].Value);

        Assert.Equal(read.Distinct().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static bool IsOfTheEnvironment(string name) =>
        SettingNames.IsEnvironmentOnly(name) || name.StartsWith("DOTNET_", StringComparison.Ordinal);

    private static bool IsOfContainerImage(string name) =>
        name.StartsWith("SM_", StringComparison.Ordinal) || name.StartsWith("OPTION_", StringComparison.Ordinal);

    // Literals of bytes are protocol texts, such as the names of AG-UI's events.
    [GeneratedRegex("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"(?!u8)")]
    private static partial Regex Variable();

    [GeneratedRegex("^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|MODELS|LIMITS|TABLE|METRICS|STORE)$")]
    private static partial Regex WholeVariable();

    [GeneratedRegex("\\bentry(?:\\.\\w+(?:<\\w+>)?\\(|,)\\s*\"([a-z]\\w*)\"")]
    private static partial Regex Field();

    [GeneratedRegex(@"^\| `(\w+)` \|")]
    private static partial Regex Row();
}
