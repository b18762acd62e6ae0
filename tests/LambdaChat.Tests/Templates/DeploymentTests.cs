namespace LambdaChat.Tests.Templates;

/// <summary>The resources of each documented deployment in each kind of Region.</summary>
public sealed class DeploymentTests
{
    // Types that CloudFormation does not have in China and GovCloud, according to the schemas of cfn-lint.
    private static readonly string[] NotEverywhere =
        ["AWS::Lambda::Url", "AWS::SageMaker::InferenceComponent", "AWS::CloudFront::OriginAccessControl", "AWS::CloudFront::Function"];

    // Actions that allow all resources. The template gives the reason for each.
    private static readonly string[] Wildcards =
        ["sagemaker:CallWithBearerToken", "ecr:GetAuthorizationToken", "cloudwatch:PutMetricData", "ec2:CreateNetworkInterface"];

    public static TheoryData<string, string> WaysAndRegions => RuleTests.WaysAndRegions;

    [Theory, MemberData(nameof(WaysAndRegions))]
    public void Way_HasOnlyKnownResources(string way, string region)
    {
        var deployment = Deployments.Stack(region, Deployments.Ways[way]);

        Assert.Empty(deployment.AllResources().SelectMany(pair => ResourceTypes.Complain(pair.Name, pair.Resource)));
        Assert.NotEmpty(deployment.Outputs);
    }

    [Fact]
    public void EveryResource_IsUsedAndKnown()
    {
        var all = Deployments.All().ToList();

        Assert.Empty(all.SelectMany(deployment => deployment.Refusals));
        Assert.Empty(all
            .SelectMany(deployment => deployment.AllResources())
            .SelectMany(pair => ResourceTypes.Complain(pair.Name, pair.Resource)));
        Assert.Empty(Files.Templates.SelectMany(name => new Template(name).Resources.Keys)
            .Except(all.SelectMany(deployment => deployment.AllResources()).Select(pair => pair.Name)));
    }

    [Theory, MemberData(nameof(WaysAndRegions))]
    public void UrlOrRestApi_StreamsForFifteenMinutes(string way, string region)
    {
        var resources = Deployments.Stack(region, Deployments.Ways[way]).Resources;

        var streams = resources.Values.Count(resource => resource.Text("Properties", "InvokeMode") == "RESPONSE_STREAM");
        var integrations = resources.Values.Select(resource => resource.At("Properties", "Integration")).OfType<object>().ToList();

        var hasUrl = Deployments.RegionsWithUrls.Contains(region) && !Deployments.Ways[way].Contains("Entry=rest");
        Assert.Equal(hasUrl ? (1, 0) : (0, 2), (streams, integrations.Count));
        Assert.All(integrations, integration =>
        {
            Assert.Equal(("STREAM", "900000"), (integration.Text("ResponseTransferMode"), integration.Text("TimeoutInMillis")));
            Assert.Matches(
                "^arn:aws(-cn|-us-gov)?:apigateway:[a-z0-9-]+:lambda:path/2021-11-15/functions/arn:aws.+/response-streaming-invocations$",
                integration.Text("Uri"));
        });
        Assert.Equal("900", resources["Function"].Text("Properties", "Timeout"));
    }

    [Theory]
    [InlineData("NONE", "*")]
    [InlineData("AWS_IAM", Region.Account)]
    public void Url_HasBothPermissions(string authorization, string principal)
    {
        var resources = Deployments.Stack("us-east-1", $"Authorization={authorization}").Resources;

        var permissions = resources.Values
            .Where(resource => resource.Text("Type") == "AWS::Lambda::Permission")
            .Select(resource => resource.Map("Properties"))
            .ToList();

        Assert.Equal(authorization, resources["Url"].Text("Properties", "AuthType"));
        Assert.Null(resources["Url"].At("Properties", "Cors"));
        Assert.Equal(["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"], permissions.Select(permission => permission["Action"]));
        Assert.All(permissions, permission => Assert.Equal((principal, "Function"), (permission["Principal"], permission["FunctionName"])));
        Assert.Equal(authorization, permissions[0]["FunctionUrlAuthType"]);
        Assert.Equal("true", permissions[1]["InvokedViaFunctionUrl"]);
    }

    [Theory]
    [InlineData("NONE")]
    [InlineData("AWS_IAM")]
    public void RestApi_AloneMayInvokeTheFunction(string authorization)
    {
        var resources = Deployments.Stack("cn-north-1", $"Authorization={authorization}").Resources;

        var permission = Assert.Single(resources.Values, resource => resource.Text("Type") == "AWS::Lambda::Permission").Map("Properties");

        Assert.Equal(("lambda:InvokeFunction", "apigateway.amazonaws.com"), (permission["Action"], permission["Principal"]));
        Assert.Equal("arn:aws-cn:execute-api:cn-north-1:123456789012:api123/*", permission["SourceArn"]);
        Assert.Equal("REGIONAL", resources["RestApi"].Text("Properties", "EndpointConfiguration", "Types", "0"));
        Assert.All(
            (string[])["RestMethod", "RestRootMethod"],
            name => Assert.Equal(authorization, resources[name].Text("Properties", "AuthorizationType")));
    }

    [Fact]
    public void SnapStart_InvokesTheAlias()
    {
        var url = Deployments.Stack("us-east-1", "SnapStart=v1").Resources;
        var rest = Deployments.Stack("eu-south-2", "SnapStart=v1").Resources;

        Assert.Equal("PublishedVersions", url["Function"].Text("Properties", "SnapStart", "ApplyOn"));
        Assert.Equal("Live", url["Url"].Text("Properties", "TargetFunctionArn"));
        Assert.Equal("Live", url["UrlPermission"].Text("Properties", "FunctionName"));
        Assert.Equal("Live", url["UrlInvokePermission"].Text("Properties", "FunctionName"));
        Assert.Equal("Live", rest["RestPermission"].Text("Properties", "FunctionName"));
        Assert.Contains("/functions/Live/", rest["RestMethod"].Text("Properties", "Integration", "Uri"));
        Assert.DoesNotContain("Version", Deployments.Stack("us-east-1").Resources.Keys);
    }

    // https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html, …/urls-configuration.html
    [Theory]
    [InlineData("us-east-1", true, true)]
    [InlineData("eu-south-2", false, true)]
    [InlineData("me-west-1", false, true)]
    [InlineData("ap-east-2", false, false)]
    [InlineData("ap-southeast-6", false, false)]
    [InlineData("cn-north-1", false, false)]
    [InlineData("us-gov-east-1", false, false)]
    [InlineData("us-gov-west-1", false, false)]
    public void Region_HasFunctionUrlAndSnapStartIfLambdaHasThem(string region, bool hasUrl, bool hasSnapStart)
    {
        var resources = Deployments.Stack(region, "SnapStart=v1").Resources.Keys.ToList();

        Assert.Equal((hasUrl, hasSnapStart), (resources.Contains("Url"), resources.Contains("Version")));
    }

    [Fact]
    public void Arns_HaveThePartitionOfTheRegion()
    {
        var images = 0;
        foreach (var deployment in Deployments.All().Where(deployment => deployment.Region.Partition != "aws"))
        {
            var texts = deployment.AllResources()
                .SelectMany(pair => pair.Resource.Walk())
                .Select(pair => pair.Node)
                .OfType<string>()
                .ToList();

            Assert.All(texts, text => Assert.DoesNotContain("arn:aws:", text));
            var ofImages = texts.Where(text => text.Contains(".dkr.ecr.", StringComparison.Ordinal)).ToList();
            images += ofImages.Count;
            var registry = deployment.Region.IsChina
                ? "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/"
                : "442386744353.dkr.ecr.us-gov-west-1.amazonaws.com/";
            Assert.All(ofImages, text => Assert.StartsWith(registry, text));
            Assert.DoesNotContain(deployment.AllResources().Select(pair => pair.Resource.Text("Type")), NotEverywhere.Contains);
        }

        Assert.NotEqual(0, images);
    }

    [Fact]
    public void Statements_NameTheirResources()
    {
        var statements = Deployments.All().SelectMany(deployment => deployment.AllResources())
            .SelectMany(pair => pair.Resource.Items("Properties", "Policies"))
            .SelectMany(policy => policy.Items("PolicyDocument", "Statement"))
            .Where(statement => statement.Text("Effect") == "Allow").ToList();

        Assert.NotEmpty(statements);
        foreach (var statement in statements)
        {
            var isBound = statement.Items("Resource")
                .All(resource => (string)resource != "*" && !((string)resource).EndsWith(":*", StringComparison.Ordinal));

            Assert.True(isBound || Wildcards.Contains(statement.Items("Action")[0]), statement.Text("Action"));
            Assert.All(statement.Items("Action"), action => Assert.DoesNotContain('*', (string)action));
        }
    }

    [Fact]
    public void Outputs_NameTheUrl()
    {
        var url = Deployments.Stack("us-east-1").Outputs;
        var rest = Deployments.Stack("cn-north-1").Outputs;

        Assert.Equal("https://abc123.lambda-url.us-east-1.on.aws", url["Url"]);
        Assert.Equal("https://api123.execute-api.cn-north-1.amazonaws.com.cn/chat", rest["Url"]);
    }

    // With a site, the function answers only requests that come through CloudFront.
    [Theory]
    [InlineData("us-east-1", "https://Distribution.DomainName", "Site=true")]
    [InlineData("us-east-1", "https://chat.example.com", "Site=nextchat", "SiteDomain=chat.example.com", "SiteCertificate=certificate")]
    [InlineData("eu-south-2", "https://Distribution.DomainName", "Site=true")]
    [InlineData("us-east-1", "https://abc123.lambda-url.us-east-1.on.aws")]
    [InlineData("eu-south-2", "https://api123.execute-api.eu-south-2.amazonaws.com/chat")]
    public void Outputs_HaveTheAddressThatAnswers(string region, string address, params string[] settings)
    {
        var outputs = Deployments.Stack(region, settings).Outputs;

        Assert.Equal(address, outputs["Url"]);
        Assert.StartsWith($"curl -N {address}/v1/chat/completions -H 'Authorization: Bearer YOUR-KEY'", (string)outputs["Curl"]);
        Assert.Equal($$"""https://app.nextchat.dev/#/?settings={"key":"YOUR-KEY","url":"{{address}}"}""", outputs["NextChat"]);
        Assert.Equal(settings.Length > 0 ? address : null, outputs.GetValueOrDefault("SiteUrl"));
        Assert.Equal(settings.Length > 0 ? Deployments.Stack(region).Outputs["Url"] : null, outputs.GetValueOrDefault("Origin"));
    }

    // Both send a key. AWS rejects requests without a signature.
    [Theory]
    [InlineData("us-east-1")]
    [InlineData("eu-south-2")]
    public void Outputs_WithIam_HaveNoRequestsWithAKey(string region) =>
        Assert.Empty(((string[])["Curl", "NextChat"]).Intersect(Deployments.Stack(region, "Authorization=AWS_IAM").Outputs.Keys));
}
