namespace LambdaChat.Tests.Templates;

/// <summary>Deployments that the tests evaluate.</summary>
internal static class Deployments
{
    public const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    public const string Model = "EndpointModel=deepseek-ai/DeepSeek-R1-Distill-Qwen-7B";
    public const string Secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:s-abc123";

    /// <summary>Regions with function URLs, the two Regions of China, and one newer Region and GovCloud without function URLs.</summary>
    public static readonly string[] Regions =
        ["us-east-1", "eu-west-1", "ap-northeast-1", "cn-north-1", "cn-northwest-1", "eu-south-2", "us-gov-west-1"];

    public static readonly string[] RegionsWithUrls = ["us-east-1", "eu-west-1", "ap-northeast-1"];

    /// <summary>The deployments of the documentation, by name, as changes to the smallest one.</summary>
    public static readonly Dictionary<string, string[]> Ways = new()
    {
        ["existing endpoint"] = [],
        ["new endpoint"] = [Model],
        ["production"] = ["Preset=production", "ApiKeys="],
        ["native"] = ["Runtime=provided.al2023", "MemorySize=128"],
        ["table"] = ["Table=true", "ApiKeys="],
        ["IAM"] = ["Authorization=AWS_IAM", "ApiKeys="],
        ["JWT"] = ["JwtIssuer=https://issuer.example", "JwtAudience=chat", "ApiKeys="],
        ["site"] = ["Site=true", "SiteDomain=chat.example.com", "SiteCertificate=certificate"],
        ["VPC"] = ["Entry=rest", "SubnetIds=subnet-0a1b2c3d", "SecurityGroupIds=sg-0a1b2c3d"],
    };

    /// <summary>Each way in each of <see cref="Regions"/>, except a site in GovCloud, which has no CloudFront.</summary>
    public static IEnumerable<(string Way, string Region)> WaysAndRegions => Ways.Keys
        .SelectMany(way => Regions.Select(region => (way, region)))
        .Where(pair => pair is not ("site", "us-gov-west-1"));

    /// <summary>The smallest deployment with these parameters: <c>Name=value</c>.</summary>
    public static Deployment Stack(string region, params IEnumerable<string> settings) =>
        new("template.yaml", region, [("EndpointName", "my-endpoint"), ("ApiKeys", $"me={Hash}"), .. settings.Select(Pair)]);

    public static Deployment Endpoint(string region, params IEnumerable<string> settings) =>
        new("src/stacks/endpoint.yaml", region, settings.Select(Pair));

    public static Deployment Site(string region, params IEnumerable<string> settings) => new(
        "src/stacks/site.yaml",
        region,
        [("ApiDomain", "abc.lambda-url.us-east-1.on.aws"), ("OriginSecretArn", Secret), .. settings.Select(Pair)]);

    /// <summary>Deployments that together have each resource and each branch of the templates, in each kind of Region.</summary>
    public static IEnumerable<Deployment> All()
    {
        string[] most =
        [
            "Models=[{\"name\":\"a\",\"endpoint\":\"e\"}]", "ResourceArns=arn:aws:sagemaker:us-east-1:123456789012:endpoint/e",
            "Transport=openai", "JwtIssuer=https://i", "JwtAudience=a", "Site=true", "Table=true", "Monitoring=full", "AlarmEmail=a@b.c",
            "ReservedConcurrency=5",
        ];
        yield return Stack("us-east-1", most);
        yield return Stack("us-east-1", "SnapStart=v1", Model, "EndpointScaleToZero=true", "Architecture=arm64", "Authorization=AWS_IAM");
        yield return Stack("eu-south-2", Model, "EndpointWeights=s3://b/f/", "SnapStart=v1", "Preset=production");
        yield return Stack("cn-north-1", Model, "Site=nextchat", "SiteDomain=chat.example.cn", "SiteCertificate=ABC");
        yield return Stack("eu-south-2", "Authorization=AWS_IAM");
        yield return Stack("eu-south-2", "Authorization=AWS_IAM", "SnapStart=v1");
        yield return Stack("eu-south-2", Ways["VPC"]);
        yield return Stack("us-gov-west-1", [Model, "Preset=production", .. Ways["VPC"]]);
        foreach (var server in (string[])["vllm", "sglang", "lmi"])
        {
            string[] network = [$"Server={server}", "SubnetIds=subnet-0a1b2c3d"];
            yield return Endpoint("us-east-1", [.. network, "VpcId=vpc-0a1b2c3d", $"HuggingFaceTokenSecret={Secret}", "ScaleToZero=true"]);
            string[] inChina = ["Weights=s3://b/f/", "SecurityGroupIds=sg-0a1b2c3d", "InferenceAmi=", "InstancesMax=2"];
            yield return Endpoint("cn-north-1", [.. network, .. inChina]);
        }
    }

    /// <summary>Splits <c>Name=value</c>.</summary>
    public static (string Name, string Value) Pair(string setting) =>
        (setting[..setting.IndexOf('=')], setting[(setting.IndexOf('=') + 1)..]);
}
