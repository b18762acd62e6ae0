namespace LambdaChat.Tests.Templates;

/// <summary>Deployments as the tests need them.</summary>
internal static class Deployments
{
    public const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    /// <summary>Regions with function URLs, China's two, and one that is neither.</summary>
    public static readonly string[] Regions = ["us-east-1", "eu-west-1", "ap-northeast-1", "cn-north-1", "cn-northwest-1", "eu-south-2"];

    public static readonly string[] RegionsWithUrls = ["us-east-1", "eu-west-1", "ap-northeast-1"];

    /// <summary>What everybody is asked for, and these parameters: <c>Name=value</c>.</summary>
    public static Deployment Stack(string region, params IEnumerable<string> settings) =>
        new("template.yaml", region, [("EndpointName", "my-endpoint"), ("ApiKeys", $"me={Hash}"), .. settings.Select(Pair)]);

    /// <summary>A profile of <c>samconfig.toml</c> with what <c>--guided</c> asks for.</summary>
    public static Deployment Profile(string profile, string region) =>
        new("template.yaml", region, [("EndpointName", "my-endpoint"), ("ApiKeys", $"me={Hash}"), .. SamProfiles.Overrides(profile)]);

    public static Deployment Endpoint(string region, params IEnumerable<string> settings) => new("src/stacks/endpoint.yaml", region, settings.Select(Pair));

    public static Deployment Site(string region, params IEnumerable<string> settings) =>
        new("src/stacks/site.yaml", region, [("ApiDomain", "abc.lambda-url.us-east-1.on.aws"), ("OriginSecret", new string('s', 40)), .. settings.Select(Pair)]);

    /// <summary>Everything that can be chosen at once, outside China and in it, so that a test sees each resource and each branch.</summary>
    public static IEnumerable<Deployment> All()
    {
        string[] much =
        [
            "Models=[{\"name\":\"a\",\"endpoint\":\"e\"}]", "EndpointArns=arn:aws:sagemaker:us-east-1:123456789012:endpoint/e", "RoleArns=arn:aws:iam::123456789012:role/r",
            "Transport=openai", "ApiKeysSecret=arn:aws:secretsmanager:us-east-1:123456789012:secret:k-abc123", "ApiKeysParameter=/keys",
            "SecretsExtension=arn:aws:lambda:us-east-1:123456789012:layer:x:1", "JwtIssuer=https://i", "JwtAudience=a", "JwtScope=s", "JwtClaim=a=b",
            "Site=true", $"OriginSecret={new string('s', 40)}", "Table=true", "Limits={}", "Metrics=emf", "OtlpEndpoint=http://c:4318", "ReservedConcurrency=5",
            "SubnetIds=subnet-0a1b2c3d", "SecurityGroupIds=sg-0a1b2c3d", "Alarms=true", "AlarmEmail=a@b.c", "Dashboard=true", "SageMakerUrl=https://x", "EndpointNameCapitals=My-Endpoint",
        ];
        yield return Stack("us-east-1", much);
        yield return Stack("us-east-1", "SnapStart=PublishedVersions", "Endpoint=create", "EndpointScaleToZero=true", "Architecture=arm64", "Authorization=AWS_IAM");
        yield return Stack("eu-south-2", "Entry=rest", "Endpoint=create", "EndpointWeights=s3://b/f/", "SnapStart=PublishedVersions");
        yield return Stack("cn-north-1", "Entry=rest", "Endpoint=create", "EndpointWeights=modelscope", "InferenceComponentName=", "Site=true",
            "SiteDomain=chat.example.cn", "SiteCertificate=ABC", $"OriginSecret={new string('s', 40)}");
        foreach (var server in (string[])["vllm", "sglang", "lmi"])
        {
            yield return Endpoint("us-east-1", $"Server={server}", "SubnetIds=subnet-0a1b2c3d", "VpcId=vpc-0a1b2c3d", "HuggingFaceToken=t", "ScaleToZero=true");
            yield return Endpoint("cn-north-1", $"Server={server}", "Weights=s3://b/f/", "SubnetIds=subnet-0a1b2c3d", "SecurityGroupIds=sg-0a1b2c3d", "InferenceAmi=");
        }
    }

    private static (string Name, string Value) Pair(string setting) => (setting[..setting.IndexOf('=')], setting[(setting.IndexOf('=') + 1)..]);
}
