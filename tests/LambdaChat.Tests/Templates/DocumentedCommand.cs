using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Templates;

/// <summary>A command of <c>sam</c>, <c>aws cloudformation</c> or <c>dotnet</c> in the documentation.</summary>
/// <param name="IsChange">True for a command in a code span. It changes a deployment that a command in a code block has made.</param>
internal sealed partial record DocumentedCommand(string Document, bool IsChange, IReadOnlyList<string> Words)
{
    // Words in place of a reader's value, with a value of that form.
    private static readonly (string Placeholder, string Value)[] Placeholders =
    [
        ("$HASH", Deployments.Hash),
        ("HASH", Deployments.Hash),
        ("ACCOUNT_ID", Region.Account),
        ("$(git rev-parse --short HEAD)", "02f5524"),
    ];

    public bool IsDeployment => Words is ["sam", "deploy", ..] or ["aws", "cloudformation", "deploy", ..];

    /// <summary>The path of the template that the command uses.</summary>
    public string Template => Option("--template-file") is { } file && Files.Templates.Contains(file) ? file : "template.yaml";

    /// <summary>The value of an option: <c>--name value</c> or <c>--name=value</c>.</summary>
    public string? Option(string name) => Words
        .SkipWhile(word => word != name && !word.StartsWith($"{name}=", StringComparison.Ordinal))
        .Take(2)
        .ToList() switch
    {
        [var word, ..] when word.Length > name.Length => word[(name.Length + 1)..],
        [_, var value] => value,
        _ => null,
    };

    /// <summary>The parameters of <c>--parameter-overrides</c>. The name is empty if the tool reads the word in another way.</summary>
    public IReadOnlyList<(string Name, string Value)> Parameters() =>
    [
        .. Words
            .SkipWhile(word => word != "--parameter-overrides")
            .Skip(1)
            .TakeWhile(word => !word.StartsWith('-'))
            .Select(Parameter),
    ];

    public override string ToString() => $"{Document}: {string.Join(' ', Words)}";

    /// <summary>The commands in the code blocks and code spans of a document.</summary>
    public static IEnumerable<DocumentedCommand> Read(string document, string text) =>
        from code in Code(text.Replace("\\\n", " ", StringComparison.Ordinal))
        from words in ShellWords.Commands(code.Text.TrimStart('$', ' '))
        let command = words.SkipWhile(word => Assignment().IsMatch(word)).ToList()
        where command is ["sam" or "dotnet", ..] or ["aws", "cloudformation", ..]
        select new DocumentedCommand(document, code.IsSpan, command);

    // https://github.com/aws/aws-sam-cli/blob/develop/samcli/cli/types.py: a value ends at a space or a quote, unless it is quoted itself.
    private static (string Name, string Value) Parameter(string word)
    {
        var filled = Placeholders.Aggregate(word, (text, pair) => text.Replace(pair.Placeholder, pair.Value, StringComparison.Ordinal));
        var match = Override().Match(filled);
        return match.Success
            ? (match.Groups[1].Value, match.Groups[2].Value.Trim('"').Replace("\\\"", "\"", StringComparison.Ordinal))
            : ("", word);
    }

    // The lines of fenced blocks and of blocks that are indented by four spaces, and the code spans of all other lines.
    private static IEnumerable<(string Text, bool IsSpan)> Code(string text)
    {
        var isFenced = false;
        foreach (var line in text.Split('\n'))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                isFenced = !isFenced;
                continue;
            }

            var isBlock = isFenced || line.StartsWith("    ", StringComparison.Ordinal);
            foreach (var code in isBlock ? [line] : CodeSpan().Matches(line).Select(match => match.Value.Trim('`')))
            {
                yield return (code, !isBlock);
            }
        }
    }

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^[A-Z][A-Z0-9_]*=")]
    private static partial Regex Assignment();

    [GeneratedRegex("""^([A-Za-z0-9]+)=("(?:\\.|[^"\\]+)*"|(?:\\.|[^ "\\])+)$""")]
    private static partial Regex Override();
}
