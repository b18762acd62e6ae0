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

    // sam deploy --guided writes the file that --config-file names, which must exist.
    // https://github.com/aws/aws-sam-cli/blob/develop/samcli/cli/cli_config_file.py
    [Fact]
    public void FileOfGuidedAnswers_IsNotInGit()
    {
        Assert.True(SamConfig.IsIgnored("samconfig.local.toml"));
        Assert.False(SamConfig.IsIgnored(SamConfig.Name));
    }
}
