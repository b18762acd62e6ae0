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

    /// <summary>The number of requested choices.</summary>
    public int Choices => Name.Contains("n2", StringComparison.Ordinal) || Name.Contains("two-prompts", StringComparison.Ordinal) ? 2 : 1;

    public bool HasTools => Name.Contains("tool", StringComparison.Ordinal)
        || Encoding.UTF8.GetString(Bytes).Contains("\"tool_calls\":[{", StringComparison.Ordinal);

    /// <summary>The HTTP status of a refusal, which is in its name; null for a reply.</summary>
    public int? Status => StatusInName().Match(Name) is { Success: true } match
        ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : null;

    /// <summary>All recordings and reports.</summary>
    public static IEnumerable<string> Paths =>
        typeof(Recording).Assembly.GetManifestResourceNames().Where(name =>
            name.StartsWith("Recordings/", StringComparison.Ordinal) || name.StartsWith("Reports/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);

    /// <summary>True for a reply with status 200 that is translated. Whole text completions are not.</summary>
    public static bool IsReply(string path) =>
        path.EndsWith(".sse", StringComparison.Ordinal) || path.EndsWith(".txt", StringComparison.Ordinal)
        || (path.EndsWith(".whole.json", StringComparison.Ordinal) && !path.Contains("completions-", StringComparison.Ordinal)
            && !IsRefusal(path));

    /// <summary>True for a response with an HTTP status of an error.</summary>
    public static bool IsRefusal(string path) => StatusInName().IsMatch(path);

    [GeneratedRegex(@"\.([45][0-9]{2})\.(?:whole\.|stream\.)?json$")]
    private static partial Regex StatusInName();
}
