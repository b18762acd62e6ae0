using System.Text.RegularExpressions;
using LambdaChat.Local;

namespace LambdaChat.FunctionalTests.Docs;

/// <summary>The emulator accepts the options in the commands of the documentation.</summary>
public sealed partial class LocalCommandTests
{
    public static TheoryData<string> Options { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Docs, "*.md", SearchOption.AllDirectories).Append(Path.Combine(Repository.Root, "README.md"))
            .SelectMany(path => Command().Matches(File.ReadAllText(path))).Select(match => match.Groups[1].Value).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Options))]
    public void Options_OfADocument_AreAccepted(string options)
    {
        var arguments = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.NotNull(LocalOptions.Parse(arguments));
    }

    [GeneratedRegex(@"--project src/LambdaChat\.Local(?: -- ([^\n#&`]+))?")]
    private static partial Regex Command();
}
