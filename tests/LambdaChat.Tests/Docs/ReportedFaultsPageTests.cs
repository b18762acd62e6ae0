using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Docs;

/// <summary>The page of reported faults names the test classes of each fault, and each fault has a test.</summary>
public sealed partial class ReportedFaultsPageTests
{
    private static readonly string Page = Path.Combine("src", "docs", "reported-faults.md");

    [Fact]
    public void Faults_AreNumberedWithoutAGap() => Assert.Equal(
        [
            .. Enumerable.Range(1, 53).Select(number => $"R{number}"), .. Enumerable.Range(1, 37).Select(number => $"M{number}"),
            .. Enumerable.Range(1, 5).Select(number => $"S{number}"),
        ],
        Document.Find(Page).Lines.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => row.Groups["number"].Value));

    [Fact]
    public void Faults_HaveTheTestsOfTheirTrait()
    {
        var path = Path.Combine(Document.Root, Page);
        var tests = FindTests();
        var text = File.ReadAllText(path);
        var expected = Row().Replace(text, row => $"{row.Groups["start"]}| {Cell(tests, row.Groups["number"].Value)} |");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "true")
        {
            File.WriteAllText(path, expected);
            return;
        }

        Assert.Equal(expected, text);
    }

    // The names of the classes, which the test of names on all pages then finds.
    private static string Cell(ILookup<string, string> tests, string number)
    {
        Assert.True(tests.Contains(number), $"No test has the trait {number}.");
        return string.Join(", ", tests[number].Distinct().Order(StringComparer.Ordinal).Select(test => $"`{test}`"));
    }

    // The trait is in one list with the attribute that makes the method a test.
    private static ILookup<string, string> FindTests() => Directory
        .EnumerateFiles(Path.Combine(Document.Root, "tests"), "*Tests*.cs", SearchOption.AllDirectories)
        .SelectMany(path => Trait().Matches(File.ReadAllText(path))
            .SelectMany(trait => trait.Groups["numbers"].Value.Split(' '))
            .Select(number => (Number: number, Test: Path.GetFileName(path).Split('.')[0])))
        .ToLookup(pair => pair.Number, pair => pair.Test);

    [GeneratedRegex(@"\[(?:Fact|Theory), Trait\(""reported"", ""(?<numbers>[RMS0-9 ]+)""\)\]")]
    private static partial Regex Trait();

    [GeneratedRegex(@"^(?<start>\| (?<number>[RMS][0-9]+) \|.*)\|[^|\n]*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
