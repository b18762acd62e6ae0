namespace LambdaChat.Tests.Templates;

/// <summary>The file <c>samconfig.yaml</c>: <c>environment: command: parameters: option</c>.</summary>
internal static class SamConfig
{
    public static IEnumerable<string> Environments => Read().Keys.Where(name => name != "version");

    public static Dictionary<string, object> Read() => TemplateYaml.Read("samconfig.yaml");

    /// <summary>True for an environment whose parameters <c>--parameter-overrides</c> would replace.</summary>
    public static bool HasParameters(string environment) =>
        Read().Map(environment).Values.Any(command => command.At("parameters", "parameter_overrides") is not null);
}
