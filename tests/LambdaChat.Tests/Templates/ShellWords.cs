using System.Text;

namespace LambdaChat.Tests.Templates;

/// <summary>Splits a line into the commands and words that a POSIX shell makes of it. Variables stay as they are written.</summary>
internal static class ShellWords
{
    /// <summary>The words of each command of a line. Comments, redirections to the next command and line breaks are removed.</summary>
    public static IEnumerable<IReadOnlyList<string>> Commands(string line)
    {
        var words = new List<string>();
        foreach (var word in Words(line))
        {
            if (word is "&&" or "||" or "|" or ";" or "&")
            {
                yield return words;
                words = [];
            }
            else
            {
                words.Add(word);
            }
        }

        yield return words;
    }

    private static IEnumerable<string> Words(string line)
    {
        var word = new StringBuilder();
        var (quote, isWord) = ('\0', false);
        for (var i = 0; i < line.Length; i++)
        {
            var (letter, next) = (line[i], i + 1 < line.Length ? line[i + 1] : '\0');
            if (quote == '\0' && letter == '#' && !isWord)
            {
                yield break;
            }

            if (letter == quote || (quote == '\0' && letter is '\'' or '"'))
            {
                (quote, isWord) = (letter == quote ? '\0' : letter, true);
            }
            else if (letter == '\\' && (quote == '\0' || (quote == '"' && next is '"' or '\\' or '$')))
            {
                word.Append(next);
                (i, isWord) = (i + 1, true);
            }
            else if (quote == '\0' && (char.IsWhiteSpace(letter) || letter is ';' or '&' or '|'))
            {
                if (isWord)
                {
                    yield return word.ToString();
                }

                (_, isWord) = (word.Clear(), false);
                if (!char.IsWhiteSpace(letter))
                {
                    i += next == letter ? 1 : 0;
                    yield return next == letter ? $"{letter}{letter}" : $"{letter}";
                }
            }
            else
            {
                word.Append(letter);
                isWord = true;
            }
        }

        if (isWord)
        {
            yield return word.ToString();
        }
    }
}
