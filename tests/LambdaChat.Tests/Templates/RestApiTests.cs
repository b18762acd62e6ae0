using System.Text.Json;

namespace LambdaChat.Tests.Templates;

/// <summary>A stage calls a deployment, which is a snapshot of the API's methods. Another API needs another deployment.</summary>
public sealed class RestApiTests
{
    private const string Region = "eu-south-2";

    private static readonly string[] Parts = ["AWS::ApiGateway::RestApi", "AWS::ApiGateway::Resource", "AWS::ApiGateway::Method"];

    [Fact]
    public void EveryApi_HasItsOwnDeployment()
    {
        var names = ParameterSamples.Names.Where(ChangesTheApi).ToList();
        var stacks = ParameterSamples.Combinations(names).Select(settings => Deployments.Stack(Region, settings)).ToList();

        Assert.Equal(["Authorization", "SnapStart"], names.Order());
        Assert.Equal(4, stacks.Select(ApiOf).Distinct().Count());
        Assert.All(stacks, first => Assert.All(
            stacks, second => Assert.Equal(ApiOf(first) == ApiOf(second), DeploymentOf(first) == DeploymentOf(second))));
    }

    [Fact]
    public void Deployment_ContainsEveryMethod()
    {
        foreach (var settings in ParameterSamples.Combinations(["Authorization", "SnapStart"]))
        {
            var resources = Deployments.Stack(Region, settings).Resources;

            var deployment = Assert.Single(resources, resource => resource.Value.Text("Type") == "AWS::ApiGateway::Deployment");
            var methods = resources.Where(resource => resource.Value.Text("Type") == "AWS::ApiGateway::Method").Select(pair => pair.Key);

            Assert.Equal(deployment.Key, resources["RestStage"].Text("Properties", "DeploymentId"));
            Assert.Equal(methods.Order(), deployment.Value.Items("DependsOn").Cast<string>().Order());
        }
    }

    // A method that calls the alias is refused until the permission for the alias exists.
    [Fact]
    public void Stage_ChangesAfterThePermission() => Assert.Contains(
        "RestPermission", Deployments.Stack(Region).Resources["RestStage"].Items("DependsOn"));

    private static bool ChangesTheApi(string name) => ParameterSamples.Of(name)
        .Select(value => ApiOf(Deployments.Stack(Region, $"{name}={value}")))
        .Distinct()
        .Count() > 1;

    private static string ApiOf(Deployment stack) => JsonSerializer.Serialize(
        stack.Resources.Where(pair => Parts.Contains(pair.Value.Text("Type"))).ToDictionary());

    private static string? DeploymentOf(Deployment stack) => stack.Resources["RestStage"].Text("Properties", "DeploymentId");
}
