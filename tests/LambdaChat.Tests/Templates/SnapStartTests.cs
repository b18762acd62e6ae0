using System.Text.Json;

namespace LambdaChat.Tests.Templates;

/// <summary>
/// A published version keeps the function's configuration of its time. Each change publishes another version, which the alias selects.
/// </summary>
public sealed class SnapStartTests
{
    // Not a part of a version.
    private const string NotVersioned = "ReservedConcurrentExecutions";

    public static TheoryData<string> Ways => new(Deployments.Ways.Where(pair => pair.Key != "native").Select(pair => pair.Key));

    // If a version is published and the function did not change, Lambda returns the last version, and CloudFormation fails.
    [Theory, MemberData(nameof(Ways))]
    public void EveryChangeOfTheFunction_AndNoOther_PublishesAVersion(string way)
    {
        var before = Stack(way, []);
        var wrong = ParameterSamples.Changes()
            .Where(change => change.Name != "SnapStart" || change.Value != "")
            .Where(change => IsWrong(before, Stack(way, [$"{change.Name}={change.Value}"])));

        Assert.Empty(wrong);
    }

    [Fact]
    public void EveryText_PublishesAVersion()
    {
        var versions = ((string[])["v1", "v2"]).Select(text => Deployments.Stack("us-east-1", $"SnapStart={text}")).ToList();

        Assert.Equal(2, versions.Select(VersionOf).Distinct().Count());
        Assert.Equal(2, versions.Select(FunctionOf).Distinct().Count());
    }

    // A new AppConfig application begins at 1 again.
    [Fact]
    public void SnapStart_OffAndOnAgain_HasAnotherDescription()
    {
        var description = new Template("template.yaml").Resources["Function"].At("Properties", "Description")!;

        Assert.Contains("${Settings}-${SettingsVersion}", description.Text("Fn::If", "1", "Fn::Sub"));
    }

    [Fact]
    public void Descriptions_FitLambda()
    {
        var resources = Deployments.Stack("us-east-1", $"SnapStart={new string('v', 64)}").Resources;

        Assert.All(
            (string[])["Function", "Version"],
            name => Assert.InRange(resources[name].Text("Properties", "Description")!.Length, 64, 256 - "1234567".Length));
    }

    private static Deployment Stack(string way, IEnumerable<string> settings) =>
        Deployments.Stack("us-east-1", ["SnapStart=v1", .. Deployments.Ways[way], .. settings]);

    // A rule of the template rejects some changes.
    private static bool IsWrong(Deployment before, Deployment after) =>
        after.Refusals.Count == 0 && (FunctionOf(before) == FunctionOf(after)) != (VersionOf(before) == VersionOf(after));

    private static string VersionOf(Deployment deployment) => deployment.Resources["Version"].Text("Properties", "Description")!;

    private static string FunctionOf(Deployment deployment) => JsonSerializer.Serialize(
        deployment.Resources["Function"].Map("Properties").Where(pair => pair.Key != NotVersioned).ToDictionary());
}
