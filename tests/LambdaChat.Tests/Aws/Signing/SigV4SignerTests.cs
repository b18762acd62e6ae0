using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;

namespace LambdaChat.Tests.Aws.Signing;

/// <summary>
/// Compares with AWS's published test suite, https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4, and with
/// the signer of AWSSDK.Core.
/// </summary>
public sealed class SigV4SignerTests
{
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly DateTimeOffset SuiteTime = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    private static readonly AwsCredentials SuiteCredentials = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        SessionToken: null);

    [Theory]
    [InlineData("get-vanilla", "GET", "/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("post-vanilla", "POST", "/", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("get-utf8", "GET", "/ሴ", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-header-value-trim", "GET", "/", "my-header1= value1|my-header2= \"a   b   c\"",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("post-header-key-sort", "POST", "/", "my-header1=value1",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    [InlineData(
        "get-vanilla-with-session-token", "GET", "/",
            "x-amz-security-token=6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267",
        "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8")]
    public void Sign_SuiteWithoutBody_MatchesItsSignature(string name, string method, string path, string headers, string signature)
    {
        var signed = headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => header.Split('=', 2))
            .Select(pair => new SignedHeader(pair[0], pair[1]));

        var authorization = new SigV4Signer("us-east-1", "service").Sign(method, path, [.. SuiteHeaders, .. signed], EmptyHash,
            SuiteCredentials, SuiteTime);

        Assert.True(authorization.EndsWith($"Signature={signature}", StringComparison.Ordinal), name);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;",
            authorization, StringComparison.Ordinal);
    }

    [Fact]
    public void Sign_SuitePostWithBody_MatchesItsSignature()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("Param1=value1"u8));
        SignedHeader[] headers =
            [.. SuiteHeaders, new("content-length", "13"), new("content-type", "application/x-www-form-urlencoded"),
                new("x-amz-content-sha256", hash)];

        var authorization = new SigV4Signer("us-east-1", "service").Sign("POST", "/", headers, hash, SuiteCredentials, SuiteTime);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
            "SignedHeaders=content-length;content-type;host;x-amz-content-sha256;x-amz-date, " +
            "Signature=d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
            authorization);
    }

    [Fact]
    public void Sign_InvocationOfAnEndpoint_AgreesWithAwssdkCore()
    {
        var time = new DateTimeOffset(2026, 11, 22, 23, 59, 59, TimeSpan.Zero);
        var hash = Convert.ToHexStringLower(SHA256.HashData("{}"u8));
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["content-type"] = "application/json",
            ["host"] = "runtime.sagemaker.cn-north-1.amazonaws.com.cn",
            ["x-amz-content-sha256"] = hash,
            ["x-amz-date"] = "20261122T235959Z",
            ["x-amz-security-token"] = "token",
            ["x-amzn-sagemaker-inference-component"] = "ic-1",
        };
        var signer = new SigV4Signer("cn-north-1", "sagemaker");
        var canonical = new StringBuilder("POST\n/endpoints/my-endpoint/invocations-response-stream\n\n");
        canonical.AppendJoin('\n', headers.Select(header => $"{header.Key}:{header.Value}"))
            .Append($"\n\n{string.Join(';', headers.Keys)}\n{hash}");

        var expected = AWS4Signer.ComputeSignature(
            new ImmutableCredentials("AKID", "secret", "token"), "cn-north-1", time.UtcDateTime, "sagemaker",
                string.Join(';', headers.Keys), canonical.ToString());

        var credentials = new AwsCredentials("AKID", "secret", "token");
        Assert.Equal(expected.ForAuthorizationHeader, Sign(credentials));
        Assert.Equal(expected.ForAuthorizationHeader, Sign(credentials)); // With the cached key of the day.
        Assert.NotEqual(expected.ForAuthorizationHeader, Sign(credentials with { SecretAccessKey = "rotated" }));

        string Sign(AwsCredentials signing) =>
            signer.Sign("POST", "/endpoints/my-endpoint/invocations-response-stream",
                headers.Reverse().Select(header => new SignedHeader(header.Key, header.Value)), hash, signing, time);
    }

    [Fact]
    public void Sign_NextDay_UsesAnotherKey()
    {
        var signer = new SigV4Signer("us-east-1", "service");
        var first = signer.Sign("GET", "/", SuiteHeaders, EmptyHash, SuiteCredentials, SuiteTime);
        signer.Sign("GET", "/", SuiteHeaders, EmptyHash, SuiteCredentials, SuiteTime.AddDays(1));

        Assert.Equal(first, signer.Sign("GET", "/", SuiteHeaders, EmptyHash, SuiteCredentials, SuiteTime));
    }

    private static SignedHeader[] SuiteHeaders => [new("x-amz-date", "20150830T123600Z"), new("host", "example.amazonaws.com")];
}
