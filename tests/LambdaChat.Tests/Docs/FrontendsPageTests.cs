using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Docs;

/// <summary>The document about chat pages: short pages, and reported faults of other servers, each with a test.</summary>
public sealed partial class FrontendsPageTests
{
    private const int MaximumLines = 22; // Besides imports and blank lines.

    private static readonly Document Page = Document.Find(Path.Combine("src", "docs", "frontends.md"));

    [Fact]
    public void Pages_OfTheDocument_AreShort()
    {
        var pages = Page.Blocks.Where(block => block.Kind is "js" or "jsx").Select(block => block.Text.Split('\n')).ToList();

        Assert.Equal(4, pages.Count);
        Assert.All(pages, lines => Assert.InRange(
            lines.Count(line => line.Length > 0 && !line.StartsWith("import ", StringComparison.Ordinal)), 1, MaximumLines));
        Assert.All(pages.SelectMany(lines => lines), line => Assert.InRange(line.Length, 0, 140));
    }

    [Fact]
    public void Reports_OfTheDocument_HaveATest()
    {
        var listed = Page.Prose.Where(line => line.StartsWith('|'))
            .SelectMany(line => Report().Matches(line).Select(report => $"{report.Value} {TestClass().Match(line).Groups[1].Value}"));

        var tested = Directory.EnumerateFiles(Path.Combine(Document.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Trait().Matches(File.ReadAllText(file)).Select(trait =>
                $"{trait.Groups[1].Value} {Path.GetFileNameWithoutExtension(file)}")).Distinct();

        Assert.Equal(tested.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.True(tested.Count() >= 25);
    }

    [GeneratedRegex(@"[\w.-]+/[\w.-]+#\d+")]
    private static partial Regex Report();

    [GeneratedRegex(@"`(\w+Tests)` \|$")]
    private static partial Regex TestClass();

    [GeneratedRegex("""Trait\("Report", "([^"]+)"\)""")]
    private static partial Regex Trait();
}
