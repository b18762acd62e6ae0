namespace LambdaChat.Tests.Architecture;

/// <summary>The bounds of a source file: 250 lines, 140 columns.</summary>
public sealed class SourceFileTests
{
    private const int MaximumLines = 250;
    private const int MaximumColumns = 140;

    private static readonly string[] Folders = ["src", "tests"];

    [Fact]
    public void Files_OfTheRepository_AreShort() =>
        Assert.Empty(Files().Where(file => File.ReadLines(file).Count() > MaximumLines).Select(Name));

    [Fact]
    public void Lines_OfTheRepository_AreShort() => Assert.Empty(Files().SelectMany(LongLines));

    /// <summary>A regular expression with backtracking can need quadratic or exponential time for a text of a model server.</summary>
    [Fact]
    public void Expressions_OfTheFunction_AreLinear() => Assert.Empty(Files().Where(IsOfFunction).Where(HasBacktracking).Select(Name));

    private static bool IsOfFunction(string file) =>
        Name(file).StartsWith("src/LambdaChat/", StringComparison.Ordinal)
        || Name(file).StartsWith("src/LambdaChat.Streaming/", StringComparison.Ordinal);

    private static bool HasBacktracking(string file) =>
        File.ReadAllText(file) is var text && text.Contains("Regex", StringComparison.Ordinal)
        && !text.Contains("RegexOptions.NonBacktracking", StringComparison.Ordinal);

    private static IEnumerable<string> LongLines(string file)
    {
        var (number, isRaw) = (0, false);
        foreach (var line in File.ReadLines(file))
        {
            number++;
            isRaw ^= line.Split("\"\"\"").Length % 2 == 0;
            if (line.Length > MaximumColumns && !IsAddress(line) && !IsTestData(file, line, isRaw))
            {
                yield return $"{Name(file)}:{number}";
            }
        }
    }

    // An address cannot be broken.
    private static bool IsAddress(string line) => line.TrimStart(' ', '/').StartsWith("https://", StringComparison.Ordinal);

    // A record, an event or a line of a page in a test stands on one line, as it is sent.
    private static bool IsTestData(string file, string line, bool isRaw) =>
        Name(file).StartsWith("tests", StringComparison.Ordinal) && (isRaw || line.LastIndexOf('"') - line.IndexOf('"') > MaximumColumns / 3);

    private static IEnumerable<string> Files() => Folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string Name(string file) => Path.GetRelativePath(Root, file);

    private static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "LambdaChat.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
