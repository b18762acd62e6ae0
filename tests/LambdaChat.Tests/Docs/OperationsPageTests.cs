using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Docs;

/// <summary>The page on operations lists every error code that the function sends.</summary>
public sealed partial class OperationsPageTests
{
    [Fact]
    public void ErrorCodes_OfTheSource_AreOnThePage()
    {
        var page = Document.Find(Path.Combine("src", "docs", "operations.md"));
        var codes = SourceFiles.OfFunction.SelectMany(text => Code().Matches(text)).Select(match => match.Groups["code"].Value).ToHashSet();

        Assert.Contains("model_not_found", codes);
        Assert.Empty(codes.Except(page.CodeSpans));
    }

    // The code of an OpenAIError follows its status.
    [GeneratedRegex(@"(?:(?:StatusCodes\.Status\w+|\b[45]\d\d),\s*(?:""\w+"",\s*)?|code: )""(?<code>[a-z]+(?:_[a-z]+)+)""")]
    private static partial Regex Code();
}
