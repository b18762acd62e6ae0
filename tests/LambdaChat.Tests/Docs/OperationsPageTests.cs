using System.Text.RegularExpressions;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Tests.Docs;

/// <summary>The page on operations lists every error code that the function sends, and every outcome with its error.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly Document Page = Document.Find(Path.Combine("src", "docs", "operations.md"));

    [Fact]
    public void ErrorCodes_OfTheSource_AreOnThePage()
    {
        var codes = SourceFiles.OfFunction.SelectMany(text => Code().Matches(text)).Select(match => match.Groups["code"].Value).ToHashSet();

        Assert.Contains("model_not_found", codes);
        Assert.Empty(codes.Except(Page.CodeSpans));
    }

    [Fact]
    public void Outcomes_OfTheSource_AreOnThePageWithTheirErrors()
    {
        var expected = Enum.GetValues<FailureKind>()
            .Select(kind => (Outcome: Outcomes.NameOf(kind), Error: new ReplyFailure(kind).ToError()))
            .Select(row => $"| `{row.Outcome}` | {row.Error.Status} `{row.Error.Code}`")
            .Append($"| `{Outcomes.Completed}` | the reply");

        var rows = Section("Outcomes").Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => Rest().Replace(line, ""));

        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Section(string title)
    {
        var start = Page.Headings.Single(heading => heading.Title == title).Line;
        return Page.Lines.Skip(start + 1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
    }

    // The end of a row, and further errors of the same outcome.
    [GeneratedRegex(@"(?:(?<=`),? or .*)? \|$")]
    private static partial Regex Rest();

    // The code of an ApiError follows its status, or the path of a field.
    [GeneratedRegex(@"(?:(?:StatusCodes\.Status\w+|\b[45]\d\d),\s*(?:""\w+"",\s*)?|code: |path,\s+|InvalidValue = )""(?<code>[a-z]+(?:_[a-z]+)+)""")]
    private static partial Regex Code();
}
