namespace LambdaChat.Tests.Templates;

/// <summary>What the function's role may do.</summary>
public sealed class PermissionTests
{
    private static readonly string[] Invocations = ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"];

    [Theory]
    [InlineData("us-east-1", "aws")]
    [InlineData("cn-north-1", "aws-cn")]
    public void Role_MayInvokeTheEndpointInLowerCase(string region, string partition)
    {
        var deployment = Deployments.Stack(region, "EndpointName=emd-model-x", "EndpointNameCapitals=EMD-Model-x", "InferenceComponentName=part");

        var arn = $"arn:{partition}:sagemaker:{region}:{Region.Account}:";

        Assert.Equal([$"{arn}endpoint/emd-model-x", $"{arn}inference-component/part"], Resources(deployment, Invocations));
        Assert.Contains("\"endpoint\":\"EMD-Model-x\"", (string)deployment.Variables["MODELS"]);
    }

    [Fact]
    public void Role_MayInvokeWhatIsMade()
    {
        var deployment = Deployments.Stack("us-east-1", "EndpointName=own", "Endpoint=create", "EndpointScaleToZero=true");

        Assert.EndsWith(":inference-component/own-model", (string)Resources(deployment, Invocations)[1]);
        Assert.Contains("\"endpoint\":\"own\"", (string)deployment.Variables["MODELS"]);
        Assert.Contains("\"inferenceComponent\":\"own-model\"", (string)deployment.Variables["MODELS"]);
    }

    [Fact]
    public void Role_MayInvokeWhatModelsNames()
    {
        var arns = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/a,arn:aws:sagemaker:eu-west-1:123456789012:inference-component/b";
        var deployment = Deployments.Stack("us-east-1", "EndpointName=", "Models=[{\"name\":\"a\",\"endpoint\":\"a\"}]", $"EndpointArns={arns}", "RoleArns=arn:aws:iam::210987654321:role/chat");

        Assert.Equal(arns.Split(','), Resources(deployment, Invocations));
        Assert.Equal(["arn:aws:iam::210987654321:role/chat"], Resources(deployment, ["sts:AssumeRole"]));
        Assert.Empty(deployment.Refusals);
    }

    [Theory]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:endpoint/A")]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:endpoint/*")]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:endpoint/a,")]
    [InlineData("*")]
    public void EndpointArns_CannotBeWiderOrInCapitals(string arns) =>
        Assert.Throws<ArgumentException>(() => Deployments.Stack("us-east-1", $"EndpointArns={arns}"));

    [Theory]
    [InlineData("openai", 1)]
    [InlineData("event-stream", 0)]
    public void CallWithBearerToken_OnlyWhereThatTransportIsChosen(string transport, int count)
    {
        var deployment = Deployments.Stack("us-east-1", $"Transport={transport}");

        Assert.Equal(count, Resources(deployment, ["sagemaker:CallWithBearerToken"]).Count);
        Assert.Contains($"\"transport\":\"{transport}\"", (string)deployment.Variables["MODELS"]);
    }

    [Fact]
    public void SmallestRole_HasLogsAndTheEndpointOnly()
    {
        var deployment = Deployments.Stack("us-east-1");

        Assert.Equal(
            ["logs:CreateLogStream", "logs:PutLogEvents", .. Invocations],
            deployment.Statements().SelectMany(statement => statement.Items("Action")));
        Assert.Null(deployment.Resources["Role"].At("Properties", "ManagedPolicyArns"));
    }

    [Fact]
    public void StoredKeysAndTable_OpenWithThem()
    {
        const string Secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:keys-abc123";
        var deployment = Deployments.Stack("us-east-1", $"ApiKeysSecret={Secret}", "ApiKeysParameter=/chat/keys", "Table=true");

        Assert.Equal([Secret], Resources(deployment, ["secretsmanager:GetSecretValue"]));
        Assert.Equal(["arn:aws:ssm:us-east-1:123456789012:parameter/chat/keys"], Resources(deployment, ["ssm:GetParameter"]));
        Assert.EndsWith(":KeyTable", (string)deployment.Statements().Single(statement => ((string)statement.Items("Action")[0]).StartsWith("dynamodb:", StringComparison.Ordinal)).Items("Resource").Single());
    }

    private static IReadOnlyList<object> Resources(Deployment deployment, string[] actions) =>
        [.. deployment.Statements().Where(statement => statement.Items("Action").SequenceEqual(actions)).SelectMany(statement => statement.Items("Resource"))];
}
