namespace LambdaChat.Tests.Templates;

/// <summary>The commands in the documentation work with the templates and the settings of the AWS SAM CLI.</summary>
public sealed class DocumentedCommandTests
{
    private const string Guide = "src/docs/deployment.md";

    [Fact]
    public void EveryCommand_Works() => Assert.All(All(), command => Assert.Empty(CommandCheck.Problems(command, SamConfig.HasParameters)));

    [Fact]
    public void EveryWay_IsOneCommandOfTheGuide()
    {
        var shown = All()
            .Where(command => command.Document == Guide && command.IsDeployment)
            .Select(command => command.Parameters())
            .ToList();

        Assert.All(Deployments.Ways, way =>
        {
            var names = way.Value.Select(Deployments.Pair).Where(pair => pair.Value != "").Select(pair => pair.Name).ToList();
            Assert.Contains(shown, parameters => !names.Except(parameters.Select(pair => pair.Name)).Any());
        });
    }

    [Theory]
    [InlineData("sam deploy --config-env default --parameter-overrides Preset=basic", "replaces the parameters of default")]
    [InlineData("sam deploy --config-env=other", "no environment other")]
    [InlineData("sam deploy --guided", "--guided writes samconfig.toml")]
    [InlineData("sam deploy --config-file samconfig.other.toml", "no file samconfig.other.toml")]
    [InlineData("sam delete", "asks without --no-prompts")]
    [InlineData("sam deploy --parameter-overrides Endpoint=create", "no parameter Endpoint")]
    [InlineData("sam deploy --parameter-overrides Preset=large", "Preset cannot be 'large'")]
    [InlineData("sam deploy --parameter-overrides ApiKeys=me=KEY", "ApiKeys cannot be")]
    [InlineData("sam deploy --parameter-overrides 'ModelName=two words'", "does not read 'ModelName=two words'")]
    [InlineData("sam deploy --parameter-overrides 'Models=[{\"name\":\"r1\"}]'", "does not read 'Models=")]
    [InlineData("sam build && sam deploy --parameter-overrides EndpointName=a", "needs a way to authenticate")]
    [InlineData("sam deploy --region cn-north-1 --parameter-overrides Site=true", "CloudFront in China")]
    [InlineData("aws cloudformation deploy --template-file src/stacks/endpoint.yaml --parameter-overrides Entry=url", "no parameter Entry")]
    [InlineData("dotnet run --project src/Missing", "no project src/Missing")]
    public void WrongCommand_IsReported(string line, string problem)
    {
        var problems = DocumentedCommand.Read("a.md", $"```sh\n{line}\n```\n")
            .SelectMany(command => CommandCheck.Problems(command, hasParameters: environment => environment == "default"));

        Assert.Contains(problem, Assert.Single(problems));
    }

    [Theory]
    [InlineData("```sh\nsam build   # \"Build Succeeded\"\nsam deploy\n```\n", "sam build|sam deploy")]
    [InlineData("Text.\n\n    sam build && A=b sam deploy \\\n      --region x\n\nsam delete\n", "sam build|sam deploy --region x")]
    [InlineData("```\nsam build\n```\n| add | `sam deploy -x` | `sam` |\n```\nsam delete\n```\n", "sam build|sam deploy -x|sam|sam delete")]
    [InlineData("```\n$ sam deploy --parameter-overrides \"ApiKeys=a=HASH;models=b|c\" 'Table=\"\"'\n```\n",
        "sam deploy --parameter-overrides ApiKeys=a=HASH;models=b|c Table=\"\"")]
    public void Read_FindsCommandsInCode(string text, string commands) =>
        Assert.Equal(commands, string.Join('|', DocumentedCommand.Read("a.md", text).Select(command => string.Join(' ', command.Words))));

    [Fact]
    public void Parameters_AreReadAsTheSamCliReadsThem()
    {
        const string Text = """
                sam deploy --parameter-overrides 'Models=[{\"name\":\"r1\"}]' 'ApiKeys=""' A=b=c --debug

            """;
        var command = DocumentedCommand.Read("a.md", Text).Single();

        Assert.Equal([("Models", "[{\"name\":\"r1\"}]"), ("ApiKeys", ""), ("A", "b=c")], command.Parameters());
    }

    private static IEnumerable<DocumentedCommand> All() =>
        Files.Documents().SelectMany(path => DocumentedCommand.Read(path, File.ReadAllText(Path.Combine(Files.Root, path))));
}
