using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Recordings;

/// <summary>
/// One reply of a model server under <c>tests/Recordings</c> or <c>tests/Reports</c>, with what its file name says of the request.
/// </summary>
internal sealed partial class Recording
{
    /// <summary>The length up to which each cut is also tried in SageMaker's frames.</summary>
    public const int FramedLength = 1200;

    public Recording(string path)
    {
        Path = path;
        Name = path[(path.LastIndexOf('/') + 1)..];
        using var stream = typeof(Recording).Assembly.GetManifestResourceStream(path)!;
        Bytes = new byte[stream.Length];
        stream.ReadExactly(Bytes);
    }

    public string Path { get; }

    public string Name { get; }

    public byte[] Bytes { get; }

    public bool IsChat => !Name.Contains("completions", StringComparison.Ordinal);

    /// <summary>The choices that the request asked for.</summary>
    public int Choices => Name.Contains("n2", StringComparison.Ordinal) || Name.Contains("two-prompts", StringComparison.Ordinal) ? 2 : 1;

    public bool HasTools => Name.Contains("tool", StringComparison.Ordinal)
        || Encoding.UTF8.GetString(Bytes).Contains("\"tool_calls\":[{", StringComparison.Ordinal);

    /// <summary>Replies with status 200, as paths.</summary>
    public static TheoryData<string> Replies { get; } = [.. Paths.Where(IsReply)];

    /// <summary>
    /// Replies whose bytes are cut at every offset. A cut inside a JSON document of one line changes nothing but the moment.
    /// </summary>
    public static TheoryData<string> ShortReplies { get; } =
        [.. Paths.Where(
            path => IsReply(path)
                && new Recording(path).Bytes.Length <= (path.EndsWith(".json", StringComparison.Ordinal) ? FramedLength : 4096))];

    /// <summary>Refusals, as paths with the HTTP status.</summary>
    public static TheoryData<string, int> Refusals { get; } = new(Paths.Select(path => (Path: path, Match: Status().Match(path)))
        .Where(item => item.Match.Success)
        .Select(item => (item.Path, int.Parse(item.Match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))));

    private static IEnumerable<string> Paths =>
        typeof(Recording).Assembly.GetManifestResourceNames().Where(name =>
            name.StartsWith("Recordings/", StringComparison.Ordinal) || name.StartsWith("Reports/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);

    // A refusal has its HTTP status in its name. Whole text completions are not translated.
    private static bool IsReply(string path) =>
        path.EndsWith(".sse", StringComparison.Ordinal) || path.EndsWith(".txt", StringComparison.Ordinal)
        || (path.EndsWith(".whole.json", StringComparison.Ordinal) && !path.Contains("completions-", StringComparison.Ordinal)
            && !Status().IsMatch(path));

    [GeneratedRegex(@"\.([45][0-9]{2})\.(?:whole\.|stream\.)?json$")]
    private static partial Regex Status();
}
