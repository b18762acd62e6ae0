namespace LambdaChat.Tests.Templates;

/// <summary>The nested stack that serves a page, with the API on the same origin.</summary>
public sealed class SiteStackTests
{
    private static readonly string[] ApiPaths = ["/v1/*", "/api/openai/*", "/api/chat*", "/ag-ui*"];

    [Fact]
    public void ApiPaths_HaveNoCacheAndNoCompression()
    {
        var behaviors = Distribution("us-east-1").Items("CacheBehaviors");

        Assert.Equal(ApiPaths, behaviors.Select(behavior => behavior.Text("PathPattern")));
        Assert.All(behaviors, behavior =>
        {
            Assert.Equal("api", behavior.Text("TargetOriginId"));
            Assert.Equal("false", behavior.Text("Compress"));
            Assert.Contains("POST", behavior.Items("AllowedMethods"));
            // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html: CachingDisabled
            Assert.Equal("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", behavior.Text("CachePolicyId"));
            // …/using-managed-origin-request-policies.html: AllViewerExceptHostHeader
            Assert.Equal("b689b0a8-53d0-40ab-baf2-68738e2966ac", behavior.Text("OriginRequestPolicyId"));
            Assert.Null(behavior.At("ResponseHeadersPolicyId"));
        });
        Assert.Null(Distribution("us-east-1").At("CustomErrorResponses"));
    }

    [Fact]
    public void Api_HasOneSecretInCloudFrontAndFunction()
    {
        var deployment = Deployments.Stack("us-east-1", "Site=true");

        var origin = Origin(deployment.Nested("SiteStack").Resources["Distribution"].Map("Properties", "DistributionConfig"), "api");
        var header = origin.At("OriginCustomHeaders", "0");

        const string Arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:OriginSecret-abc123";
        const string Value = $"{{{{resolve:secretsmanager:{Arn}:SecretString}}}}";
        Assert.Equal(("x-origin-secret", Value), (header.Text("HeaderName"), header.Text("HeaderValue")));
        Assert.Equal(Value, deployment.Variables["ORIGIN_SECRET"]);
        Assert.Equal("48", deployment.Resources["OriginSecret"].Text("Properties", "GenerateSecretString", "PasswordLength"));
        Assert.DoesNotContain("ORIGIN_SECRET", Deployments.Stack("us-east-1").Variables.Keys);
    }

    [Fact]
    public void Api_HasSixtySecondsBetweenBytes()
    {
        var origin = Origin(Distribution("us-east-1"), "api");

        Assert.Equal("60", origin.Text("CustomOriginConfig", "OriginReadTimeout"));
        Assert.Equal("https-only", origin.Text("CustomOriginConfig", "OriginProtocolPolicy"));
        Assert.Null(origin.At("OriginAccessControlId"));
    }

    [Theory]
    [InlineData("us-east-1", "url", "abc123.lambda-url.us-east-1.on.aws", "")]
    [InlineData("eu-south-2", "rest", "api123.execute-api.eu-south-2.amazonaws.com", "/chat")]
    public void Site_FindsTheFunctionOfItsStack(string region, string entry, string domain, string path)
    {
        var deployment = Deployments.Stack(region, $"Entry={entry}", "Site=true");

        var origin = Origin(deployment.Nested("SiteStack").Resources["Distribution"].Map("Properties", "DistributionConfig"), "api");

        Assert.Equal((domain, path), (origin.Text("DomainName"), origin.Text("OriginPath")));
        Assert.Equal("https://Distribution.DomainName", deployment.Outputs["SiteUrl"]);
    }

    [Theory]
    [InlineData("us-east-1", "AccessControl.Id", "")]
    [InlineData("cn-north-1", null, "origin-access-identity/cloudfront/AccessIdentity")]
    public void Bucket_AllowsOnlyTheDistribution(string region, string? control, string identity)
    {
        var deployment = Deployments.Site(region, "DomainName=chat.example", "Certificate=certificate");
        var origin = Origin(deployment.Resources["Distribution"].Map("Properties", "DistributionConfig"), "site");
        var statements = deployment.Resources["BucketPolicy"].Items("Properties", "PolicyDocument", "Statement");

        Assert.Equal((control, identity), (origin.Text("OriginAccessControlId"), origin.Text("S3OriginConfig", "OriginAccessIdentity")));
        Assert.Equal(["Allow", "Deny"], statements.Select(statement => statement.Text("Effect")));
        Assert.NotEqual("*", statements[0].Text("Principal"));
        Assert.All(
            deployment.Resources["Bucket"].Map("Properties", "PublicAccessBlockConfiguration"),
            pair => Assert.Equal("true", pair.Value));
    }

    [Theory]
    [InlineData("true", "default-src 'none'; script-src 'self';", "require-trusted-types-for 'script'; trusted-types workers")]
    [InlineData("nextchat", "default-src 'self'; script-src 'self' 'unsafe-inline'", "frame-ancestors 'none'")]
    public void Policy_BelongsToThePages(string site, string start, string end)
    {
        var deployment = Deployments.Stack("us-east-1", $"Site={site}");

        var policy = deployment.Nested("SiteStack").Resources["SiteHeaders"]
            .Text("Properties", "ResponseHeadersPolicyConfig", "SecurityHeadersConfig", "ContentSecurityPolicy", "ContentSecurityPolicy");

        Assert.StartsWith(start, policy);
        Assert.Contains("connect-src 'self';", policy);
        Assert.EndsWith(end, policy);
    }

    // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html: at most 64 characters. The name of a
    // nested stack, with the name of its parent and 12 random characters, may be longer.
    [Theory]
    [InlineData("AccessControl", "OriginAccessControlConfig")]
    [InlineData("SiteCache", "CachePolicyConfig")]
    [InlineData("SiteHeaders", "ResponseHeadersPolicyConfig")]
    public void NamesOfCloudFront_DoNotDependOnTheStacksName(string resource, string configuration)
    {
        var stack = Deployments.Site("ap-southeast-2");

        Assert.Equal(
            "lambdachat-11111111-2222-3333-4444-555555555555", stack.Resources[resource].Text("Properties", configuration, "Name"));
    }

    private static Dictionary<string, object> Distribution(string region, params IEnumerable<string> settings) =>
        Deployments.Site(region, settings).Resources["Distribution"].Map("Properties", "DistributionConfig");

    private static object Origin(object distribution, string id) => distribution.Items("Origins").Single(origin => origin.Text("Id") == id);
}
