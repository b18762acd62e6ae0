using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Templates;

/// <summary>Splits a line into commands and words as a POSIX shell does. Comments are removed; variables are not expanded.</summary>
internal static partial class ShellWords
{
    /// <summary>The words of each command of a line.</summary>
    public static IEnumerable<IReadOnlyList<string>> Commands(string line)
    {
        var words = new List<string>();
        foreach (Match token in Token().Matches(line))
        {
            if (token.Groups["word"].Success)
            {
                words.Add(Quoted().Replace(token.Value, Unquote));
            }
            else
            {
                yield return words;
                words = [];
            }
        }

        yield return words;
    }

    // https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02: between double quotes, a backslash stays in
    // front of every character except the quote, the dollar sign and itself.
    private static string Unquote(Match match) => match.Value[0] switch
    {
        '\'' => match.Value[1..^1],
        '"' => EscapedInQuotes().Replace(match.Value[1..^1], "$1"),
        _ => match.Value[1..],
    };

    // A word, an operator between two commands, or a comment.
    [GeneratedRegex("""(?<=^|\s)\#.*|(?<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\;&|])+)|(?:&&|\|\||[;&|])""")]
    private static partial Regex Token();

    [GeneratedRegex("""'[^']*'|"(?:\\.|[^"\\])*"|\\.""")]
    private static partial Regex Quoted();

    [GeneratedRegex("""\\(["$\\])""")]
    private static partial Regex EscapedInQuotes();
}
