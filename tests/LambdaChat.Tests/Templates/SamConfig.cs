namespace LambdaChat.Tests.Templates;

/// <summary>
/// The file <c>samconfig.toml</c>: a table <c>[environment.command.parameters]</c> for each command, with one option per line.
/// Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
/// </summary>
internal static class SamConfig
{
    /// <summary>The file that the SAM CLI reads and <c>sam deploy --guided</c> writes, unless <c>--config-file</c> names another.</summary>
    public const string Name = "samconfig.toml";

    public static IEnumerable<string> Environments => Read().Keys.Where(name => name != "version");

    public static Dictionary<string, object> Read()
    {
        Dictionary<string, object> root = [];
        var table = root;
        foreach (var line in Files.Read(Name).Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line is ['[', .. var path, ']'])
            {
                table = path.Split('.').Aggregate(root, Table);
            }
            else
            {
                var (name, value) = line.Split(" = ") is [var left, var right] ? (left, right) : throw new FormatException(line);
                table.Add(name, value.Trim('"'));
            }
        }

        return root;
    }

    /// <summary>True for an environment whose parameters <c>--parameter-overrides</c> would replace.</summary>
    public static bool HasParameters(string environment) =>
        Read().Map(environment).Values.Any(command => command.At("parameters", "parameter_overrides") is not null);

    /// <summary>True for a file in the root folder that Git ignores.</summary>
    public static bool IsIgnored(string file) => Files.Read(".gitignore").Split('\n').Contains($"/{file}");

    private static Dictionary<string, object> Table(Dictionary<string, object> parent, string name)
    {
        parent.TryAdd(name, new Dictionary<string, object>());
        return (Dictionary<string, object>)parent[name];
    }
}
