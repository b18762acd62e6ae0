using System.Text.RegularExpressions;
using LambdaChat.Configuration;

namespace LambdaChat.Tests.Docs;

/// <summary>The page on configuration has a row for each variable and each model field that the source reads, and no other rows.</summary>
public sealed partial class ConfigurationPageTests
{
    private const string PagePath = "src/docs/configuration.md";

    private static readonly Document Page = Document.Find(Path.Combine("src", "docs", "configuration.md"));

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
        // A literal of one word in capitals can also be an HTTP method or a log level, unless the reader of the settings gets it.
        var literals = SourceFiles.OfFunction.Where(text => !text.Contains("class SettingNames", StringComparison.Ordinal))
            .SelectMany(text => Variable().Matches(text).Concat(Setting().Matches(text))).Select(match => match.Groups[1].Value);

        AssertSame(literals.Except(ErrorCodes), Documented.Except(Foreign), "variable");
    }

    [Fact]
    public void Names_OfSettings_AreThoseOfThePage()
    {
        var unknown = Documented.Where(name => !SettingNames.IsKnown(name) && !IsOfTheEnvironment(name)).ToList();

        Assert.True(unknown.Count == 0, $"src/LambdaChat/Configuration/SettingNames.cs does not list {string.Join(", ", unknown)}.");
        Assert.All(SettingNames.Own, name => Assert.True(Documented.Contains(name), $"{PagePath} has no row for {name}."));
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

        AssertSame(read, documented, "model field");
    }

    // Names of one word are in the first column of a table only.
    private static HashSet<string> Documented =>
    [
        .. Page.CodeSpans.Where(span => WholeVariable().IsMatch(span)),
        .. Page.Lines.SelectMany(line => ShortRow().Matches(line)).Select(match => match.Groups[1].Value),
    ];

    private static void AssertSame(IEnumerable<string> read, IEnumerable<string> documented, string kind)
    {
        var (source, page) = (read.ToHashSet(), documented.ToHashSet());
        var missing = source.Except(page).Select(name => $"{PagePath} has no row for the {kind} {name}, which src/LambdaChat reads.");
        var unread = page.Except(source).Select(name => $"{PagePath} names the {kind} {name}, which src/LambdaChat does not read.");

        var problems = string.Join('\n', missing.Concat(unread)); // xunit shortens the texts of a collection.
        Assert.True(problems.Length == 0, problems);
    }

    private static bool IsOfTheEnvironment(string name) =>
        SettingNames.IsEnvironmentOnly(name) || name.StartsWith("DOTNET_", StringComparison.Ordinal);

    private static bool IsOfContainerImage(string name) =>
        name.StartsWith("SM_", StringComparison.Ordinal) || name.StartsWith("OPTION_", StringComparison.Ordinal);

    // Literals of bytes are protocol texts, such as the names of AG-UI's events.
    [GeneratedRegex("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"(?!u8)")]
    private static partial Regex Variable();

    [GeneratedRegex("onfiguration(?:\\.Get\\w+\\(|\\[)\"([A-Z][A-Z0-9_]*)\"")]
    private static partial Regex Setting();

    [GeneratedRegex("^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")]
    private static partial Regex WholeVariable();

    [GeneratedRegex("^\\| `([A-Z][A-Z0-9]*)` \\|")]
    private static partial Regex ShortRow();

    [GeneratedRegex("\\bentry(?:\\.\\w+(?:<\\w+>)?\\(|,)\\s*\"([a-z]\\w*)\"")]
    private static partial Regex Field();

    [GeneratedRegex(@"^\| `(\w+)` \|")]
    private static partial Regex Row();
}
