using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Templates;

/// <summary>The profiles of <c>samconfig.toml</c>, with what each sets. As much of TOML as that file uses.</summary>
internal static partial class SamProfiles
{
    public static readonly string[] Names = ["default", "endpoint", "china", "native", "production"];

    /// <summary>Settings by <c>profile.command.parameters</c>, a list's items joined by line ends.</summary>
    public static IReadOnlyDictionary<string, Dictionary<string, string>> Read()
    {
        var sections = new Dictionary<string, Dictionary<string, string>>();
        var text = Comment().Replace(Files.Read("samconfig.toml"), "");
        foreach (Match section in Section().Matches(text))
        {
            sections[section.Groups[1].Value] = Setting().Matches(section.Groups[2].Value)
                .ToDictionary(setting => setting.Groups[1].Value, setting => Value(setting.Groups[2].Value));
        }

        return sections;
    }

    /// <summary>The parameters that a profile gives the template.</summary>
    public static IEnumerable<(string Name, string Value)> Overrides(string profile) =>
        Read()[$"{profile}.deploy.parameters"].GetValueOrDefault("parameter_overrides", "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]));

    private static string Value(string value) => value.StartsWith('[')
        ? string.Join('\n', Quoted().Matches(value).Select(match => match.Groups[1].Value))
        : value.Trim('"');

    [GeneratedRegex("^#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\[([\w.]+)\]\n((?:(?!\[\w).*\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^(\w+) = (\[[^\]]*\]|.+)$", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
