using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Docs;

/// <summary>Links, sections and tables of the documentation, and the names of files and types in it.</summary>
public sealed partial class DocumentTests
{
    private const int MaximumReadmeLines = 150;
    private const int MaximumSectionLines = 45; // One screen.

    // A user creates them.
    private static readonly string[] UserFiles = ["src/LambdaChat/appsettings.json", "src/LambdaChat/models.json"];

    private static readonly HashSet<string> SourceNames =
    [
        .. new[] { "src", "tests" }.Select(folder => Path.Combine(Document.Root, folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetFileNameWithoutExtension(path)!),
    ];

    [Fact]
    public void Readme_BeginsWithTheLinkToChinese_AndIsShort()
    {
        var readme = Document.Find("README.md");

        Assert.Equal("[中文](src/docs/zh-CN/README.md)", readme.Lines[0]);
        Assert.InRange(readme.Lines.Count, 1, MaximumReadmeLines);
    }

    [Fact]
    public void Readme_LinksToEveryPage()
    {
        var pages = Document.All.Select(document => document.Path.Replace('\\', '/')).Where(path => path != "README.md");

        Assert.Empty(pages.Except(Document.Find("README.md").Links.Select(link => link.Split('#')[0])));
    }

    [Theory]
    [MemberData(nameof(Document.Paths), MemberType = typeof(Document))]
    public void Links_LeadToFilesAndHeadings(string path)
    {
        var document = Document.Find(path);

        Assert.DoesNotContain(document.Links, link => !Exists(document, link));
    }

    [Theory]
    [MemberData(nameof(Document.Paths), MemberType = typeof(Document))]
    public void Sections_FitOneScreen(string path)
    {
        var document = Document.Find(path);
        var ends = document.Headings.Skip(1).Select(heading => heading.Line).Append(document.Lines.Count);

        var sections = document.Headings.Zip(ends, (heading, end) => (heading.Title, Lines: end - heading.Line));

        Assert.DoesNotContain(sections, section => section.Lines > MaximumSectionLines);
    }

    [Theory]
    [MemberData(nameof(Document.Paths), MemberType = typeof(Document))]
    public void TableRows_HaveTheColumnsOfTheirHeader(string path)
    {
        var columns = 0;
        foreach (var line in Document.Find(path).Prose)
        {
            var cells = line.StartsWith('|') ? Separator().Count(line) : 0;
            Assert.True(columns == 0 || cells == 0 || cells == columns, $"{path}: {line}");
            columns = cells;
        }
    }

    [Theory]
    [MemberData(nameof(Document.Paths), MemberType = typeof(Document))]
    public void NamesOfTestsAndSourceFiles_Exist(string path)
    {
        if (path.EndsWith("CHANGELOG.md", StringComparison.Ordinal))
        {
            return; // It also names what was.
        }

        var spans = Document.Find(path).CodeSpans.ToList();

        Assert.DoesNotContain(spans, span => TestClass().IsMatch(span) && !SourceNames.Contains(span));
        Assert.DoesNotContain(spans, span => SourcePath().IsMatch(span) && !IsPath(span));
    }

    [Fact]
    public void ArchitecturePage_NamesEveryFolder()
    {
        var page = Document.Find(Path.Combine("src", "docs", "architecture.md"));
        var folders = Directory.EnumerateDirectories(Path.Combine(Document.Root, "src", "LambdaChat"));

        Assert.Empty(folders.Select(path => Path.GetFileName(path)).Except(page.CodeSpans).Except(["bin", "obj", "Properties"]));
    }

    private static bool Exists(Document document, string link)
    {
        if (link.StartsWith("https://", StringComparison.Ordinal))
        {
            return true;
        }

        var (file, anchor) = link.Split('#') is [var first, var second] ? (first, second) : (link, "");
        var folder = Path.Combine(Document.Root, Path.GetDirectoryName(document.Path)!);
        var target = file.Length == 0 ? document.Path : Path.GetRelativePath(Document.Root, Path.Combine(folder, file));
        return Path.Exists(Path.Combine(Document.Root, target))
            && (anchor.Length == 0 || Document.Find(target).Headings.Any(heading => heading.Anchor == anchor));
    }

    private static bool IsPath(string span) =>
        UserFiles.Contains(span)
        || Path.Exists(Path.Combine(Document.Root, span)) || Path.Exists(Path.Combine(Document.Root, "src", "LambdaChat", span));

    [GeneratedRegex(@"(?<!\\)\|(?=(?:[^`]*`[^`]*`)*[^`]*$)")]
    private static partial Regex Separator();

    [GeneratedRegex("^[A-Z][A-Za-z]+Tests$")]
    private static partial Regex TestClass();

    // A file or a folder by its path, such as src/docs, Relay/Dialects or Api/Replies/SseReply.cs.
    [GeneratedRegex(@"^((src|tests)/[\w./-]+|[A-Z][A-Za-z]+(/[A-Z][A-Za-z]+)+(\.cs)?)$")]
    private static partial Regex SourcePath();
}
