namespace LambdaChat.Tests.Templates;

/// <summary>Compares a documented command with the templates, the settings of the AWS SAM CLI and the folders of the repository.</summary>
internal static class CommandCheck
{
    private static readonly (string Name, string Value)[] Smallest =
        [("EndpointName", "my-endpoint"), ("ApiKeys", $"me={Deployments.Hash}")];

    /// <summary>The reasons why the command does not work; empty if it works.</summary>
    /// <param name="hasParameters">True for an environment of the SAM CLI's settings that sets parameters.</param>
    public static IReadOnlyList<string> Problems(DocumentedCommand command, Func<string, bool> hasParameters)
    {
        var problems = Environment(command, hasParameters)
            .Concat(ConfigFile(command))
            .Concat(Parameters(command))
            .Concat(Project(command))
            .ToList();
        return problems.Count == 0 && command.IsDeployment ? [.. Refusals(command)] : problems;
    }

    private static IEnumerable<string> Environment(DocumentedCommand command, Func<string, bool> hasParameters)
    {
        if (command.Option("--config-env") is not { } environment)
        {
            yield break;
        }

        if (!SamConfig.Environments.Contains(environment))
        {
            yield return $"There is no environment {environment}.";
        }

        if (hasParameters(environment) && command.Parameters().Count > 0)
        {
            yield return $"--parameter-overrides replaces the parameters of {environment}.";
        }
    }

    private static IEnumerable<string> ConfigFile(DocumentedCommand command)
    {
        var file = command.Option("--config-file") ?? SamConfig.Name;
        if (command.Words.Contains("--guided") && !SamConfig.IsIgnored(file))
        {
            yield return $"--guided writes {file}, which is in Git.";
        }

        if (file != SamConfig.Name && !SamConfig.IsIgnored(file))
        {
            yield return $"There is no file {file}.";
        }

        if (command.Words is ["sam", "delete", ..] && !command.Words.Contains("--no-prompts"))
        {
            yield return "sam delete asks without --no-prompts.";
        }
    }

    private static IEnumerable<string> Parameters(DocumentedCommand command)
    {
        var template = new Template(command.Template);
        foreach (var (name, value) in command.Parameters())
        {
            if (name == "")
            {
                yield return $"The SAM CLI does not read '{value}' as one parameter.";
            }
            else if (!template.Parameters.ContainsKey(name))
            {
                yield return $"{template.Name} has no parameter {name}.";
            }
            else if (!template.Accepts(name, value))
            {
                yield return $"{name} cannot be '{value}'.";
            }
        }
    }

    private static IEnumerable<string> Project(DocumentedCommand command) =>
        command.Words[0] == "dotnet" && command.Option("--project") is { } project && !Directory.Exists(Path.Combine(Files.Root, project))
            ? [$"There is no project {project}."]
            : [];

    // A first deployment names its model. A change is evaluated together with the smallest deployment.
    private static IReadOnlyList<string> Refusals(DocumentedCommand command)
    {
        var parameters = command.Parameters();
        var hasModel = command.Template != "template.yaml" || parameters.Any(pair => pair.Name is "EndpointName" or "Models");
        var isFirst = hasModel && !command.IsChange;
        var region = command.Option("--region") ?? "us-east-1";
        return new Deployment(command.Template, region, [.. isFirst ? [] : Smallest, .. parameters]).Refusals;
    }
}
