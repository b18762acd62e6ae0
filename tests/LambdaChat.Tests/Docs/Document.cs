using System.Text;
using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Docs;

/// <summary>A Markdown document of the repository, with the parts that tests check.</summary>
internal sealed partial class Document
{
    private Document(string path)
    {
        Path = path;
        Lines = File.ReadAllLines(System.IO.Path.Combine(Root, path));
        Blocks = [.. FindBlocks()];
        Headings = [.. FindHeadings()];
    }

    /// <summary>The folder of the repository that the tests were built in.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>README.md and everything under src/docs.</summary>
    public static IReadOnlyList<Document> All { get; } =
    [
        new Document("README.md"),
        .. Directory.EnumerateFiles(System.IO.Path.Combine(Root, "src", "docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal).Select(path => new Document(path)),
    ];

    public static TheoryData<string> Paths { get; } = [.. All.Select(document => document.Path)];

    /// <summary>Relative to <see cref="Root"/>.</summary>
    public string Path { get; }

    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<CodeBlock> Blocks { get; }

    public IReadOnlyList<Heading> Headings { get; }

    /// <summary>The lines outside code blocks.</summary>
    public IEnumerable<string> Prose => Lines.Where((_, index) => !IsCode(index));

    /// <summary>The targets of all links and pictures.</summary>
    public IEnumerable<string> Links =>
        Prose.SelectMany(line => Link().Matches(line).Concat(Picture().Matches(line))).Select(match => match.Groups[1].Value);

    /// <summary>The texts between backticks.</summary>
    public IEnumerable<string> CodeSpans => Prose.SelectMany(line => CodeSpan().Matches(line)).Select(match => match.Groups[1].Value);

    public static Document Find(string path) => All.Single(document => document.Path == path);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder!.FullName, "LambdaChat.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    private bool IsCode(int line) => Blocks.Any(block => line >= block.Line && line <= block.End);

    // A fence may be indented inside a list item.
    private IEnumerable<CodeBlock> FindBlocks()
    {
        for (var start = 0; start < Lines.Count; start++)
        {
            if (Fence().Match(Lines[start]) is { Success: true } fence)
            {
                var indent = fence.Groups[1].Value;
                var end = Enumerable.Range(start + 1, Lines.Count - start - 1).First(line => Lines[line] == $"{indent}```");
                var lines = Lines.Skip(start + 1).Take(end - start - 1);
                var text = string.Join('\n', lines.Select(line => line.Length > indent.Length ? line[indent.Length..] : ""));
                yield return new CodeBlock(start, end, fence.Groups[2].Value, text);
                start = end;
            }
        }
    }

    private IEnumerable<Heading> FindHeadings()
    {
        var counts = new Dictionary<string, int>();
        for (var line = 0; line < Lines.Count; line++)
        {
            if (!IsCode(line) && HeadingLine().Match(Lines[line]) is { Success: true } heading)
            {
                var anchor = ToAnchor(heading.Groups[1].Value);
                var count = counts[anchor] = counts.GetValueOrDefault(anchor) + 1;
                yield return new Heading(line, heading.Groups[1].Value, count == 1 ? anchor : $"{anchor}-{count - 1}");
            }
        }
    }

    // As GitHub builds anchors: lower case, hyphens in place of spaces, punctuation removed.
    private static string ToAnchor(string title)
    {
        var anchor = new StringBuilder();
        foreach (var letter in title.Trim())
        {
            if (letter == ' ' || letter is '-' or '_' || char.IsLetterOrDigit(letter))
            {
                anchor.Append(letter == ' ' ? '-' : char.ToLowerInvariant(letter));
            }
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"^( *)```(.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#{1,6} (.+)$")]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("<img src=\"([^\"]+)\"")]
    private static partial Regex Picture();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();
}

/// <param name="Line">The line of the opening fence, from zero.</param>
/// <param name="End">The line of the closing fence.</param>
/// <param name="Kind">What follows the fence: a language, and for some blocks what reads the text.</param>
internal sealed record CodeBlock(int Line, int End, string Kind, string Text);

/// <param name="Line">From zero.</param>
internal sealed record Heading(int Line, string Title, string Anchor);
