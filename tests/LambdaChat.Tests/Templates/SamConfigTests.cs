namespace LambdaChat.Tests.Templates;

/// <summary>The settings of the AWS SAM CLI.</summary>
public sealed class SamConfigTests
{
    [Fact]
    public void Deploy_AsksNothing()
    {
        var config = SamConfig.Read();

        Assert.Equal("lambdachat", config.Text("default", "global", "parameters", "stack_name"));
        Assert.Equal("CAPABILITY_IAM CAPABILITY_AUTO_EXPAND", config.Text("default", "deploy", "parameters", "capabilities"));
        Assert.Equal("true", config.Text("default", "deploy", "parameters", "resolve_s3"));
        Assert.Equal("false", config.Text("default", "deploy", "parameters", "confirm_changeset"));
    }

    [Fact]
    public void NoEnvironment_HasParameters() => Assert.DoesNotContain(SamConfig.Environments, SamConfig.HasParameters);

    // sam deploy --guided writes samconfig.toml, whatever file it has read.
    // https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
    [Fact]
    public void GuidedAnswers_AreNotInGit()
    {
        Assert.Contains("/samconfig.toml", Files.Read(".gitignore").Split('\n'));
        Assert.DoesNotContain("samconfig.toml", typeof(Files).Assembly.GetManifestResourceNames());
    }
}
