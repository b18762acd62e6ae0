using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using LambdaChat.Local.SageMaker.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>The signatures that the emulator accepts and refuses. The canonical requests are written out, as an SDK creates them.</summary>
public sealed class SignatureTests
{
    private const string Body = "{}";
    private const string Path = "/endpoints/e/invocations";
    private const string Mismatch =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.";

    private static readonly string BodyHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)));
    private static readonly DateTime Now = new(2026, 11, 28, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("botocore", "content-type;host;x-amz-date;x-amz-security-token")]
    [InlineData("AWS CLI", "content-type;host;x-amz-date;x-amz-security-token;x-amzn-sagemaker-custom-attributes")]
    [InlineData(".NET", "content-type;host;user-agent;x-amz-content-sha256;x-amz-date;x-amz-security-token")]
    [InlineData(
        "JavaScript",
        "amz-sdk-invocation-id;amz-sdk-request;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-user-agent")]
    [InlineData("Java", "amz-sdk-invocation-id;amz-sdk-request;content-type;host;x-amz-date;x-amz-security-token")]
    [InlineData("Go", "amz-sdk-invocation-id;content-length;content-type;host;x-amz-date;x-amz-security-token")]
    [InlineData("Rust", "content-type;host;x-amz-date;x-amz-security-token;x-amz-user-agent")]
    [InlineData("Ruby", "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token")]
    public void HeadersOfAnSdk_AreAccepted(string sdk, string signedHeaders)
    {
        var request = new SignedRequest { SignedHeaders = signedHeaders };
        request.Headers["User-Agent"] = sdk;
        request.Headers["Content-Type"] = "application/json";
        request.Headers["X-Amzn-Trace-Id"] = "Root=1-6929a7c0-000000000000000000000000"; // Added after signing.
        foreach (var name in signedHeaders.Split(';').Where(name => !request.Headers.ContainsKey(name)))
        {
            request.Headers[name] = name == "x-amz-content-sha256" ? BodyHash : "value";
        }

        Assert.Null(request.Check());
    }

    [Theory]
    [InlineData("a  b   c", "a b c")]
    [InlineData("  a b  ", "a b")]
    [InlineData("a\tb \t c", "a b c")]
    public void HeaderWithSeveralSpaces_IsAccepted(string value, string canonicalValue)
    {
        var request = new SignedRequest { SignedHeaders = "host;x-amz-date;x-amz-security-token;x-amzn-sagemaker-session-id" };
        request.Headers["X-Amzn-SageMaker-Session-Id"] = value;
        request.CanonicalValues["x-amzn-sagemaker-session-id"] = canonicalValue;

        Assert.Null(request.Check());
    }

    [Theory]
    [InlineData("/endpoints/a%20b/invocations", "/endpoints/a%2520b/invocations", "")]
    [InlineData("/endpoints/a%2Fb/invocations", "/endpoints/a%252Fb/invocations", "")]
    [InlineData("/endpoints/./x/../e//invocations", "/endpoints/e/invocations", "")]
    [InlineData("/endpoints/e/invocations?b=2&a=x%20y&c", "/endpoints/e/invocations", "a=x%20y&b=2&c=")]
    public void Path_IsEncodedTwice(string target, string canonicalPath, string canonicalQuery)
    {
        var request = new SignedRequest { Target = target, CanonicalPath = canonicalPath, CanonicalQuery = canonicalQuery };

        Assert.Null(request.Check());
    }

    [Fact]
    public void DateHeaderInsteadOfXAmzDate_IsAccepted()
    {
        var request = new SignedRequest { SignedHeaders = "date;host;x-amz-security-token" };
        request.Headers.Remove("X-Amz-Date");
        request.Headers["Date"] = Now.ToString("r", CultureInfo.InvariantCulture);

        Assert.Null(request.Check());
    }

    [Theory]
    [InlineData("X-Amz-Meta-Other", "1")]
    [InlineData("X-Amz-Content-Sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void UnsignedXAmzHeader_IsRefused(string name, string value)
    {
        var request = new SignedRequest();
        request.Headers[name] = value;

        Assert.Equal("InvalidSignatureException: " + Mismatch, request.Check());
    }

    [Theory]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("UNSIGNED-PAYLOAD")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    public void ContentHash_OfAnotherPayload_IsRefused(string hash)
    {
        var request = new SignedRequest { SignedHeaders = "host;x-amz-content-sha256;x-amz-date;x-amz-security-token" };
        request.Headers["X-Amz-Content-Sha256"] = hash;

        Assert.Equal("InvalidSignatureException: " + Mismatch, request.Check());
    }

    [Theory]
    [InlineData("/endpoints/a%20b/invocations", "/endpoints/a%20b/invocations")]
    [InlineData("/endpoints/e/invocations", "/endpoints/other/invocations")]
    public void WrongPath_IsRefused(string target, string canonicalPath) =>
        Assert.Equal(
            "InvalidSignatureException: " + Mismatch, new SignedRequest { Target = target, CanonicalPath = canonicalPath }.Check());

    [Fact]
    public void UnsignedHost_IsRefused() => Assert.Equal(
        "InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        new SignedRequest { SignedHeaders = "x-amz-date;x-amz-security-token" }.Check());

    [Theory]
    [InlineData(-301, "Signature expired: 20261128T115459Z is now earlier than 20261128T115500Z (20261128T120000Z - 5 min.)")]
    [InlineData(301, "Signature not yet current: 20261128T120501Z is still later than 20261128T120500Z (20261128T120000Z + 5 min.)")]
    public void Age_BeyondFiveMinutes_IsRefused(int seconds, string message) =>
        Assert.Equal("InvalidSignatureException: " + message, new SignedRequest(Now.AddSeconds(seconds)).Check());

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public void Age_WithinFiveMinutes_IsAccepted(int seconds) => Assert.Null(new SignedRequest(Now.AddSeconds(seconds)).Check());

    [Theory]
    [InlineData(
        "20261127/us-east-1/sagemaker",
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261127' != '20261128', from " +
            "'20261128T120000Z'.")]
    [InlineData("20261128/us-east-1/bedrock", "Credential should be scoped to correct service: 'sagemaker'.")]
    [InlineData("20261128/us-east/sagemaker", "Credential should be scoped to a valid region, not 'us-east'.")]
    [InlineData("20261128//sagemaker", "Credential should be scoped to a valid region, not ''.")]
    public void WrongScope_IsRefused(string scope, string message) =>
        Assert.Equal("InvalidSignatureException: " + message, new SignedRequest { Scope = scope }.Check());

    [Theory]
    [InlineData("", "MissingAuthenticationTokenException: Missing Authentication Token")]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=a",
        "IncompleteSignatureException: Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.")]
    [InlineData(
        "Bearer x",
        "IncompleteSignatureException: Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.")]
    public void MalformedAuthorization_IsRefused(string authorization, string error) =>
        Assert.Equal(error, new SignedRequest { Authorization = authorization }.Check());

    [Fact]
    public void WrongSessionToken_IsRefused()
    {
        var request = new SignedRequest();
        request.Headers["X-Amz-Security-Token"] = "wrong";

        Assert.Equal("UnrecognizedClientException: The security token included in the request is invalid.", request.Check());
    }

    private sealed class SignedRequest
    {
        private readonly DateTime _time;

        public SignedRequest(DateTime? time = null)
        {
            _time = time ?? Now;
            Headers["Host"] = "127.0.0.1:8090";
            Headers["X-Amz-Date"] = _time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            Headers["X-Amz-Security-Token"] = EmulatorCredentials.Default.SessionToken;
        }

        public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Dictionary<string, string> CanonicalValues { get; } = [];

        public string SignedHeaders { get; init; } = "host;x-amz-date;x-amz-security-token";

        public string Target { get; init; } = Path;

        public string CanonicalPath { get; init; } = Path;

        public string CanonicalQuery { get; init; } = "";

        public string Scope { get; init; } = "20261128/us-east-1/sagemaker";

        public string? Authorization { get; init; }

        /// <summary>The error type and message; null if the signature is accepted.</summary>
        public string? Check()
        {
            var context = new DefaultHttpContext { Request = { Method = "POST" } };
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = Target;
            foreach (var (name, value) in Headers)
            {
                context.Request.Headers[name] = value;
            }

            context.Request.Headers.Authorization = Authorization ?? Sign();
            var check = new SignatureCheck(EmulatorCredentials.Default, new FixedTime(Now));
            return check.Check(context.Request, Encoding.UTF8.GetBytes(Body)) is { } error ? $"{error.Type}: {error.Message}" : null;
        }

        private string Sign()
        {
            var credentials = EmulatorCredentials.Default;
            var headers = string.Concat(
                SignedHeaders.Split(';').Select(
                    name => $"{name}:{CanonicalValues.GetValueOrDefault(name, Headers.GetValueOrDefault(name, ""))}\n"));
            var signature = AWS4Signer.ComputeSignature(
                new ImmutableCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken),
                "us-east-1",
                _time,
                "sagemaker",
                SignedHeaders,
                $"POST\n{CanonicalPath}\n{CanonicalQuery}\n{headers}\n{SignedHeaders}\n{BodyHash}").Signature;
            return $"AWS4-HMAC-SHA256 " +
                $"Credential={credentials.AccessKeyId}/{Scope}/aws4_request, SignedHeaders={SignedHeaders}, Signature={signature}";
        }
    }
}
