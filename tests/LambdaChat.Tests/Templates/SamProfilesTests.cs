namespace LambdaChat.Tests.Templates;

/// <summary>The profiles that <c>sam</c> knows.</summary>
public sealed class SamProfilesTests
{
    private static readonly string[] Watching = ["KeyTable", "ErrorAlarm", "ReplyAlarm", "ThrottleAlarm", "DurationAlarm", "Board"];

    [Fact]
    public void EveryProfile_HasWhatADeploymentNeeds()
    {
        var sections = SamProfiles.Read();

        Assert.Equal(SamProfiles.Names.SelectMany(name => (string[])[$"{name}.global.parameters", $"{name}.build.parameters", $"{name}.deploy.parameters"]), sections.Keys);
        Assert.All(SamProfiles.Names, name =>
        {
            Assert.Equal("CAPABILITY_IAM\nCAPABILITY_AUTO_EXPAND", sections[$"{name}.deploy.parameters"]["capabilities"]);
            Assert.Equal("true", sections[$"{name}.deploy.parameters"]["resolve_s3"]);
        });
        Assert.Equal("cn-northwest-1", sections["china.global.parameters"]["region"]);
    }

    [Fact]
    public void NoProfile_HoldsASecret()
    {
        var secret = new Template("template.yaml").Parameters.Where(pair => pair.Value.Text("NoEcho") == "true").Select(pair => pair.Key).ToList();

        Assert.Equal(["ApiKeys", "OriginSecret"], secret);
        Assert.All(SamProfiles.Names, name => Assert.Empty(SamProfiles.Overrides(name).Select(pair => pair.Name).Intersect(secret)));
    }

    [Fact]
    public void Profiles_ChooseWhatTheyAreNamedAfter()
    {
        Assert.Contains("EndpointStack", Deployments.Profile("endpoint", "us-east-1").Resources.Keys);
        Assert.Contains("RestApi", Deployments.Profile("china", "cn-northwest-1").Resources.Keys);
        Assert.Equal("provided.al2023", Deployments.Profile("native", "us-east-1").Resources["Function"].Text("Properties", "Runtime"));
        Assert.Equal("50", Deployments.Profile("production", "us-east-1").Resources["Function"].Text("Properties", "ReservedConcurrentExecutions"));
        Assert.Empty(Watching.Except(Deployments.Profile("production", "us-east-1").Resources.Keys));
        Assert.Null(Deployments.Profile("default", "us-east-1").Resources["Function"].At("Properties", "ReservedConcurrentExecutions"));
    }
}
