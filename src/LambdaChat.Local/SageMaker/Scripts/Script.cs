using System.Globalization;
using System.Text;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>The texts of the scripted model.</summary>
internal static class Script
{
    private const int MaximumQuote = 200;

    private const string SortQuestion = "How do I sort a list in Python?";

    /// <summary>Questions that have an answer of their own.</summary>
    public static readonly string[] Questions = ["9.11 and 9.8, which is greater?", SortQuestion, "9.11 和 9.8 哪个更大？"];

    /// <summary>Reasoning and content for a question, in English, or in Chinese for a Chinese question.</summary>
    public static (string Reasoning, string Content) Answer(string question)
    {
        if (question.Contains(SortQuestion, StringComparison.Ordinal))
        {
            return (
                "The user asks how to sort a list in Python. There are two ways, and they differ in what they return. " +
                "A table shows this best, with a short example after it.",
                "Python has two ways to sort a list:\n\n| | `sorted(numbers)` | `numbers.sort()` |\n|---|---|---|\n" +
                "| returns | a new list | `None` |\n| changes `numbers` | no | yes |\n\n" +
                "```python\nnumbers = [9.8, 9.11, 3]\nprint(sorted(numbers))  # [3, 9.11, 9.8]\n```\n\n" +
                "Use `key=` for another order, for example `key=abs`.");
        }

        var isChinese = question.EnumerateRunes().Any(IsIdeograph);
        var isComparison = question.Contains("9.11", StringComparison.Ordinal) && question.Contains("9.8", StringComparison.Ordinal);
        return (isComparison, isChinese) switch
        {
            (true, false) => (
                "The user asks which of 9.11 and 9.8 is greater. The whole parts are the same, 9. Now the decimals: 0.11 against 0.8. " +
                "It is tempting to compare 11 with 8, but these are tenths and hundredths: " +
                "0.8 is 0.80, and 80 hundredths are more than 11. " +
                "So 9.8 is greater. 🤔",
                "**9.8 is greater than 9.11.**\n\nWrite both with two decimals: 9.80 and 9.11. " +
                "Since 80 hundredths are more than 11 hundredths, 9.8 wins. ✅"),
            (true, true) => (
                "用户问 9.11 和 9.8 哪个更大。整数部分相同，都是 9。再看小数部分：0.11 和 0.8。不能拿 11 和 8 直接比，0.8 就是 0.80，80 个百分之一大于 11 个百分之一。所以 9.8 更大。🤔",
                "**9.8 比 9.11 大。**\n\n都写成两位小数：9.80 和 9.11。80 个百分之一大于 11 个百分之一，所以 9.8 更大。✅"),
            (false, false) => (
                "The user wrote something that my script does not know. " +
                "I should say so, briefly and honestly, and name a question that it does know.",
                $"I am the scripted model of LambdaChat.Local, so I know few answers. " +
                $"You wrote: “{Quote(question)}”. Try: 9.11 and 9.8, which is greater?"),
            (false, true) => (
                "用户写的内容不在我的脚本里。我应该简短、诚实地说明，并给出一个我会回答的问题。",
                $"我是 LambdaChat.Local 的脚本模型，会的不多。你写的是：“{Quote(question)}”。可以试试：9.11 和 9.8 哪个更大？"),
        };
    }

    /// <summary>Splits a text like a tokenizer: a word with the space before it, or a single ideograph.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var tokens = new List<string>();
        var token = new StringBuilder();
        foreach (var element in StringInfo.GetTextElementEnumerator(text).AsElements())
        {
            var isIdeograph = IsIdeograph(Rune.GetRuneAt(element, 0));
            if (token.Length > 0 && (isIdeograph || element is " " or "\n"))
            {
                tokens.Add(token.ToString());
                token.Clear();
            }

            token.Append(element);
            if (isIdeograph)
            {
                tokens.Add(token.ToString());
                token.Clear();
            }
        }

        if (token.Length > 0)
        {
            tokens.Add(token.ToString());
        }

        return tokens;
    }

    // A quote without spaces is a single token and thus a single event, so its length is limited.
    private static string Quote(string question) =>
        question.Length <= MaximumQuote
            ? question
            : question[..(MaximumQuote - (char.IsHighSurrogate(question[MaximumQuote - 1]) ? 1 : 0))];

    private static bool IsIdeograph(Rune rune) => rune.Value is >= 0x4E00 and <= 0x9FFF;

    private static IEnumerable<string> AsElements(this TextElementEnumerator elements)
    {
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }
}
