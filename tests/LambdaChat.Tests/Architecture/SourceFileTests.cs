namespace LambdaChat.Tests.Architecture;

/// <summary>
/// The bounds of a source file: 250 lines, 140 columns. They hold for C#, the page, scripts and project files. A template of CloudFormation
/// may have more lines, because it is one file.
/// </summary>
public sealed class SourceFileTests
{
    private const int MaximumLines = 250;
    private const int MaximumColumns = 140;

    private static readonly string[] Folders = ["src", "tests", ".ci"];
    private static readonly string[] Types =
        [".cs", ".js", ".mjs", ".css", ".html", ".http", ".py", ".sh", "", ".csproj", ".props", ".targets", ".yaml", ".webmanifest"];

    // What a build or a package manager writes, what other projects wrote, and what the tests read as data.
    private static readonly string[] Excluded = ["bin", "obj", "node_modules", "vendor", "Recordings", "Transcripts", "Reports"];

    [Fact]
    public void Files_OfTheRepository_AreShort() =>
        Assert.Empty(Files().Where(file => !IsTemplate(file) && File.ReadLines(file).Count() > MaximumLines).Select(Name));

    [Fact]
    public void Lines_OfTheRepository_AreShort() => Assert.Empty(Files().SelectMany(LongLines));

    [Theory]
    [InlineData("Directory.Build.props")]
    [InlineData("template.yaml")]
    [InlineData(".ci/run")]
    [InlineData("src/LambdaChat/wwwroot/index.html")]
    [InlineData("src/LambdaChat/wwwroot/assets/main.js")]
    [InlineData("src/LambdaChat/wwwroot/assets/base.css")]
    [InlineData("tests/LambdaChat.FunctionalTests/node/firefox.mjs")]
    public void Bounds_HoldForTheFile(string name) => Assert.Contains(name, Files().Select(Name));

    /// <summary>A regular expression with backtracking can need quadratic or exponential time for a text of a model server.</summary>
    [Fact]
    public void Expressions_OfTheFunction_AreLinear() => Assert.Empty(Files().Where(IsOfFunction).Where(HasBacktracking).Select(Name));

    private static bool IsOfFunction(string file) =>
        Path.GetExtension(file) == ".cs"
        && (Name(file).StartsWith("src/LambdaChat/", StringComparison.Ordinal)
            || Name(file).StartsWith("src/LambdaChat.Streaming/", StringComparison.Ordinal));

    private static bool IsTemplate(string file) => Path.GetExtension(file) == ".yaml";

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
        .SelectMany(folder => FilesOf(Path.Combine(Root, folder)))
        .Concat(Directory.EnumerateFiles(Root))
        .Where(file => Types.Contains(Path.GetExtension(file)));

    private static IEnumerable<string> FilesOf(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(name => !Excluded.Contains(Path.GetFileName(name))).SelectMany(FilesOf));

    private static string Name(string file) => Path.GetRelativePath(Root, file);

    private static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "LambdaChat.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
