namespace LambdaChat.Tests.Templates;

/// <summary>The rules accept the documented combinations of parameters and reject the wrong ones, each with one sentence.</summary>
public sealed class RuleTests
{
    private const string Certificate = "SiteCertificate=arn:aws:acm:us-east-1:123456789012:certificate/x";
    private const string Endpoint = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/a";

    public static TheoryData<string, string, string[]> Rejected => new()
    {
        { "The API needs a way to authenticate", "us-east-1", ["ApiKeys="] },
        { "The API needs a way to authenticate", "us-east-1", ["ApiKeys=", "Preset=production", "Table=false"] },
        { "The function needs a model", "us-east-1", ["EndpointName="] },
        { "The function needs a model", "us-east-1", ["EndpointName=", "Models=[{}]"] },
        { "A new endpoint needs a name", "us-east-1", ["EndpointName=", "Models=[{}]", $"ResourceArns={Endpoint}", Deployments.Model] },
        { "The stack names the inference component", "us-east-1", [Deployments.Model, "InferenceComponentName=x"] },
        { "Hugging Face is not reachable", "cn-north-1", [Deployments.Model, "EndpointWeights=huggingface"] },
        { "CloudFormation has no inference components", "cn-north-1", [Deployments.Model, "EndpointScaleToZero=true"] },
        { "CloudFormation has no inference components", "us-gov-west-1", [Deployments.Model, "EndpointScaleToZero=true"] },
        { "EndpointScaleToZero applies only", "us-east-1", ["EndpointScaleToZero=true"] },
        { "SageMaker has no OpenAI-compatible route", "cn-north-1", ["Transport=openai"] },
        { "SnapStart needs the managed runtime", "us-east-1", ["SnapStart=v1", "Runtime=provided.al2023"] },
        { "SnapStart does not support .NET in this Region", "cn-north-1", ["SnapStart=v1"] },
        { "SnapStart does not support .NET in this Region", "us-gov-east-1", ["SnapStart=v1"] },
        { "SnapStart does not support .NET in this Region", "us-gov-west-1", ["SnapStart=v1"] },
        { "SnapStart does not support .NET in this Region", "ap-east-2", ["SnapStart=v1"] },
        { "SnapStart does not support .NET in this Region", "ap-southeast-6", ["SnapStart=v1"] },
        { "JWTs need both", "us-east-1", ["JwtIssuer=https://i"] },
        { "JWTs need both", "us-east-1", ["JwtAudience=a"] },
        { "Browsers and CloudFront do not sign", "us-east-1", ["Authorization=AWS_IAM", "Site=true"] },
        { "Browsers and CloudFront do not sign", "us-east-1", ["Authorization=AWS_IAM", "Site=nextchat"] },
        { "A domain needs a certificate", "us-east-1", ["Site=true", "SiteDomain=a.example"] },
        { "A domain needs a certificate", "us-east-1", ["Site=true", Certificate] },
        { "SiteDomain applies only to a site", "us-east-1", ["SiteDomain=a.example", Certificate] },
        { "CloudFront in China serves only", "cn-north-1", ["Site=true"] },
        { "CloudFront is not available in GovCloud", "us-gov-east-1", ["Site=true"] },
        { "CloudFront is not available in GovCloud", "us-gov-west-1", ["Site=nextchat"] },
        { "A function in a VPC needs", "us-east-1", ["SubnetIds=subnet-0a1b2c3d", "Entry=rest"] },
        { "A function in a VPC needs", "us-east-1", ["SecurityGroupIds=sg-0a1b2c3d"] },
        { "Function URLs do not support", "us-east-1", ["SubnetIds=subnet-0a1b2c3d", "SecurityGroupIds=sg-0a1b2c3d"] },
        { "AlarmEmail needs alarms", "us-east-1", ["AlarmEmail=a@b.c"] },
        { "AlarmEmail needs alarms", "us-east-1", ["AlarmEmail=a@b.c", "Preset=production", "Monitoring=none"] },
    };

    public static TheoryData<string, string, string[]> RejectedEndpoints => new()
    {
        { "Hugging Face is not reachable", "cn-north-1", ["Weights=huggingface"] },
        { "CloudFormation has no inference components", "cn-north-1", ["ScaleToZero=true"] },
        { "CloudFormation has no inference components", "us-gov-east-1", ["ScaleToZero=true"] },
        { "Subnets need a security group", "us-east-1", ["SubnetIds=subnet-0a1b2c3d"] },
        { "Subnets need a security group", "us-east-1", ["SubnetIds=subnet-0a", "VpcId=vpc-0a", "SecurityGroupIds=sg-0a"] },
        { "VpcId and SecurityGroupIds apply only", "us-east-1", ["VpcId=vpc-0a1b2c3d"] },
    };

    public static TheoryData<string, string, string[]> RejectedSites => new()
    {
        { "A domain needs a certificate", "us-east-1", ["DomainName=a.example"] },
        { "A domain needs a certificate", "cn-north-1", [] },
    };

    public static TheoryData<string, string> WaysAndRegions => new(Deployments.WaysAndRegions);

    [Theory, MemberData(nameof(Rejected))]
    public void WrongCombination_IsRejected(string sentence, string region, string[] settings) =>
        Assert.StartsWith(sentence, Assert.Single(Deployments.Stack(region, settings).Refusals));

    [Theory, MemberData(nameof(RejectedEndpoints))]
    public void WrongEndpoint_IsRejected(string sentence, string region, string[] settings) =>
        Assert.StartsWith(sentence, Assert.Single(Deployments.Endpoint(region, settings).Refusals));

    [Theory, MemberData(nameof(RejectedSites))]
    public void WrongSite_IsRejected(string sentence, string region, string[] settings) =>
        Assert.StartsWith(sentence, Assert.Single(Deployments.Site(region, settings).Refusals));

    [Fact]
    public void EveryAssertion_IsTested()
    {
        var tested = Rejected.Concat(RejectedEndpoints).Concat(RejectedSites).Select(row => row.Data.Item1).ToList();

        var assertions = Files.Templates.SelectMany(name => new Template(name).Rules.Values)
            .SelectMany(rule => rule.Items("Assertions")).Select(assertion => assertion.Text("AssertDescription")!);

        Assert.All(assertions, sentence => Assert.Contains(tested, start => sentence.StartsWith(start, StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(WaysAndRegions))]
    public void DocumentedWay_IsAccepted(string way, string region) =>
        Assert.Empty(Deployments.Stack(region, Deployments.Ways[way]).Refusals);

    [Theory]
    [InlineData("us-east-1", "EndpointName=", "Models=@models.json", "ResourceArns=arn:aws:sagemaker:us-east-1:123456789012:endpoint/a")]
    [InlineData("us-east-1", "EndpointName=EMD-Model-x", "ResourceArns=arn:aws:sagemaker:us-east-1:123456789012:endpoint/emd-model-x")]
    [InlineData("us-east-1", "Preset=production", "AlarmEmail=a@b.c")]
    [InlineData("us-east-1", "Site=nextchat")]
    [InlineData("us-east-1", "SnapStart=v1", "Entry=rest", "SubnetIds=subnet-0a1b2c3d", "SecurityGroupIds=sg-0a1b2c3d")]
    [InlineData("cn-north-1", "Authorization=AWS_IAM")]
    [InlineData("cn-northwest-1", Deployments.Model, "EndpointWeights=s3://b/w/")]
    [InlineData("cn-northwest-1", Deployments.Model)]
    public void RightCombination_IsAccepted(string region, params string[] settings) =>
        Assert.Empty(Deployments.Stack(region, settings).Refusals);

    [Theory]
    [InlineData("EndpointName=my_endpoint")]
    [InlineData("ModelName=a\"b")]
    [InlineData("Models={}")]
    [InlineData("EndpointWeights=s3://bucket/no-slash")]
    [InlineData("EndpointModel=DeepSeek-R1")]
    [InlineData("ReservedConcurrency=-1")]
    [InlineData("ReservedConcurrency=0")]
    [InlineData("ResourceArns=arn:aws:iam::123456789012:role/*")]
    [InlineData("Table=yes")]
    [InlineData("MemorySize=64")]
    public void ValueOfTheWrongForm_IsRejected(string setting) =>
        Assert.Throws<ArgumentException>(() => Deployments.Stack("us-east-1", setting));
}
