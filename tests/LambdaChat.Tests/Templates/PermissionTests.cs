using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Limits;
using LambdaChat.ReplyStore;

namespace LambdaChat.Tests.Templates;

/// <summary>The permissions of the function's role.</summary>
public sealed class PermissionTests
{
    private static readonly string[] Invocations = ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"];
    private static readonly string[] InvocationsAndRoles = [.. Invocations, "sts:AssumeRole"];

    [Theory]
    [InlineData("us-east-1", "aws")]
    [InlineData("cn-north-1", "aws-cn")]
    public void Role_MayInvokeTheEndpoint(string region, string partition)
    {
        var deployment = Deployments.Stack(region, "InferenceComponentName=part");

        var arn = $"arn:{partition}:sagemaker:{region}:{Region.Account}:";

        Assert.Equal([$"{arn}endpoint/my-endpoint", $"{arn}inference-component/part"], Resources(deployment, Invocations));
    }

    [Fact]
    public void Role_MayInvokeTheEndpointInLowerCase()
    {
        const string Arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/emd-model-x";
        var deployment = Deployments.Stack("us-east-1", "EndpointName=EMD-Model-x", $"ResourceArns={Arn}");

        Assert.Equal([Arn], Resources(deployment, InvocationsAndRoles));
        Assert.Contains("\"endpoint\":\"EMD-Model-x\"", (string)deployment.Variables["MODELS"]);
    }

    [Fact]
    public void Role_MayInvokeTheNewEndpoint()
    {
        var deployment = Deployments.Stack("us-east-1", "EndpointName=own", Deployments.Model, "EndpointScaleToZero=true");

        Assert.EndsWith(":inference-component/own-model", (string)Resources(deployment, Invocations)[1]);
        Assert.Contains("\"endpoint\":\"own\"", (string)deployment.Variables["MODELS"]);
        Assert.Contains("\"inferenceComponent\":\"own-model\"", (string)deployment.Variables["MODELS"]);
    }

    [Fact]
    public void Role_MayUseResourceArns()
    {
        string[] arns =
        [
            "arn:aws:sagemaker:us-east-1:123456789012:endpoint/a",
            "arn:aws:sagemaker:eu-west-1:123456789012:inference-component/b",
            "arn:aws:iam::210987654321:role/chat",
        ];
        var deployment = Deployments.Stack("us-east-1", "EndpointName=", "Models=@models.json", $"ResourceArns={string.Join(',', arns)}");

        Assert.Equal(arns, Resources(deployment, InvocationsAndRoles));
        Assert.Empty(Resources(deployment, Invocations));
        Assert.Empty(deployment.Refusals);
    }

    [Theory]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:endpoint/A")]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:endpoint/*")]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:endpoint/a,")]
    [InlineData("*")]
    public void ResourceArns_AreExactAndInLowerCase(string arns) =>
        Assert.Throws<ArgumentException>(() => Deployments.Stack("us-east-1", $"ResourceArns={arns}"));

    [Theory]
    [InlineData("openai", 1)]
    [InlineData("event-stream", 0)]
    public void CallWithBearerToken_BelongsToTheOpenAIRoute(string transport, int count)
    {
        var deployment = Deployments.Stack("us-east-1", $"Transport={transport}");

        Assert.Equal(count, Resources(deployment, ["sagemaker:CallWithBearerToken"]).Count);
        Assert.Contains($"\"transport\":\"{transport}\"", (string)deployment.Variables["MODELS"]);
    }

    [Fact]
    public void SmallestRole_HasOnlyLogsAndTheEndpoint()
    {
        var deployment = Deployments.Stack("us-east-1");

        Assert.Equal(
            ["logs:CreateLogStream", "logs:PutLogEvents", .. Invocations],
            deployment.Statements().SelectMany(statement => statement.Items("Action")));
        Assert.Null(deployment.Resources["Role"].At("Properties", "ManagedPolicyArns"));
    }

    [Fact]
    public void Table_IsReadAndItsCountersAreUpdated()
    {
        var caller = LimitPartition.OfKey("alice");
        var model = LimitPartition.OfModel("r1");
        var deployment = Deployments.Stack("us-east-1", "Table=true");
        var statement = Statement(deployment, ["dynamodb:UpdateItem"]);

        Assert.EndsWith(":KeyTable", (string)Resources(deployment, ["dynamodb:GetItem"]).Single());
        Assert.EndsWith(":KeyTable", (string)statement.Items("Resource").Single());
        var prefixes = Prefixes(statement);
        Assert.All(
            [LimitPartition.OfKey(null).Key, caller.Key, model.Key, caller.ReservationKey(model)],
            key => Assert.Contains(prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal)));
        Assert.DoesNotContain(prefixes, prefix => KeyItemSerializer.Prefix.StartsWith(prefix, StringComparison.Ordinal));
    }

    [Fact]
    public void StoredReplies_HaveTheirPartitionsOnly()
    {
        string[] actions = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query", "dynamodb:BatchWriteItem"];
        var statement = Statement(Deployments.Stack("us-east-1", "Table=replies"), actions);

        Assert.EndsWith(":KeyTable", (string)statement.Items("Resource").Single());
        var key = ReplyKey.Of("alice", "x");
        Assert.Equal(["REPLY#", "REPLYNAME#"], Prefixes(statement));
        Assert.StartsWith("REPLY#", ReplyItems.HeadKey(key)["pk"].S);
        Assert.StartsWith("REPLYNAME#", ReplyItems.NameKey(key)["pk"].S);
        Assert.Empty(Resources(Deployments.Stack("us-east-1", "Table=true"), actions));
    }

    // The managed policy of AWS may also write to all log groups.
    [Theory]
    [InlineData("us-east-1")]
    [InlineData("us-gov-west-1")]
    public void Vpc_AddsNetworkInterfacesForLambdaOnly(string region)
    {
        string[] actions =
        [
            "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
            "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
        ];
        var deployment = Deployments.Stack(region, Deployments.Ways["VPC"]);

        var denied = deployment.Statements().Single(statement => statement.Text("Effect") == "Deny");

        Assert.Null(deployment.Resources["Role"].At("Properties", "ManagedPolicyArns"));
        Assert.Equal(["*", "*"], Resources(deployment, actions)); // Allowed, and denied to the function's code.
        Assert.Equal("false", denied.Text("Condition", "Null", "lambda:SourceFunctionArn"));
    }

    private static object Statement(Deployment deployment, string[] actions) =>
        deployment.Statements().Single(statement => statement.Items("Action").SequenceEqual(actions));

    private static IReadOnlyList<string> Prefixes(object statement) =>
    [
        .. statement.Items("Condition", "ForAllValues:StringLike", "dynamodb:LeadingKeys").Select(key => ((string)key).TrimEnd('*')),
    ];

    private static IReadOnlyList<object> Resources(Deployment deployment, string[] actions) =>
    [
        .. deployment.Statements()
            .Where(statement => statement.Items("Action").SequenceEqual(actions))
            .SelectMany(statement => statement.Items("Resource")),
    ];
}
