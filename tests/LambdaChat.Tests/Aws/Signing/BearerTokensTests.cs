using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Aws.Signing;

public sealed class BearerTokensTests
{
    private const string Prefix = "sagemaker-api-key-";
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 23, 59, 59, TimeSpan.Zero);
    private static readonly AwsCredentials Session = new("ASIAEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "a+b/c==");
    private static readonly AwsCredentials LongLived = Session with { SessionToken = null };

    private readonly FakeTimeProvider _time = new(Start);
    private readonly BearerTokens _tokens;

    public BearerTokensTests() => _tokens = new BearerTokens(_time);

    /// <summary>
    /// The signatures are those of botocore 1.43 (SigV4QueryAuth), which SageMaker's generate_token uses, for the same time and keys.
    /// </summary>
    [Theory]
    [InlineData("a+b/c==", "&X-Amz-Security-Token=a%2Bb%2Fc%3D%3D", "c0877960287383c1891166119cbb77a3eaef8e6ed1d9784cdca15caa5b4a1c7a")]
    [InlineData(null, "", "ae8afc3c748f05ba96982541a8bafa7180922aac0e01eef487ba691c47f4c4b0")]
    public void Get_SessionOrLongTermCredentials_IsThePresignedRequest(string? sessionToken, string parameter, string signature) =>
        Assert.Equal(
            "sagemaker.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256" +
            "&X-Amz-Credential=ASIAEXAMPLE%2F20261122%2Feu-central-1%2Fsagemaker%2Faws4_request&X-Amz-Date=20261122T235959Z" +
            $"&X-Amz-Expires=900{parameter}&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}&Version=1",
            Decode(_tokens.Get("eu-central-1", Session with { SessionToken = sessionToken })));

    [Theory]
    [InlineData("us-east-1", null)]
    [InlineData("ap-northeast-2", "IQoJb3JpZ2luX2Vj//8+/w==~._-!*'()")]
    public void Get_AnyRegion_AgreesWithAwssdkCore(string region, string? sessionToken)
    {
        var query = "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256" +
            $"&X-Amz-Credential=ASIAEXAMPLE%2F20261122%2F{region}%2Fsagemaker%2Faws4_request&X-Amz-Date=20261122T235959Z&X-Amz-Expires=900" +
            (sessionToken is null ? "" : "&X-Amz-Security-Token=IQoJb3JpZ2luX2Vj%2F%2F8%2B%2Fw%3D%3D~._-%21%2A%27%28%29") +
            "&X-Amz-SignedHeaders=host";
        var expected = AWS4Signer.ComputeSignature(
            new ImmutableCredentials(Session.AccessKeyId, Session.SecretAccessKey, sessionToken), region, Start.UtcDateTime, "sagemaker",
                "host",
            $"POST\n/\n{query}\nhost:sagemaker.amazonaws.com\n\nhost\n{EmptyHash}");

        var request = Decode(_tokens.Get(region, Session with { SessionToken = sessionToken }));

        Assert.Equal($"sagemaker.amazonaws.com/?{query}&X-Amz-Signature={expected.Signature}&Version=1", request);
    }

    [Fact]
    public void Get_FiveMinutesLeft_IsTheSame()
    {
        var first = _tokens.Get("us-east-1", Session);
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Same(first, _tokens.Get("us-east-1", Session with { }));
    }

    [Fact]
    public void Get_LessThanFiveMinutesLeft_IsRenewed()
    {
        var first = _tokens.Get("us-east-1", Session);
        _time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromTicks(1));
        var second = _tokens.Get("us-east-1", Session);
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.NotEqual(first, second);
        Assert.Contains("&X-Amz-Date=20261123T000959Z&", Decode(second), StringComparison.Ordinal);
        Assert.Same(second, _tokens.Get("us-east-1", Session));
    }

    [Fact]
    public void Get_AfterSnapshotRestore_IsRenewed()
    {
        var first = _tokens.Get("us-east-1", Session);
        _time.AdjustTime(Start.AddDays(3));

        Assert.NotEqual(first, _tokens.Get("us-east-1", Session));
    }

    [Fact]
    public void Get_ClockSetBack_IsRenewed()
    {
        _tokens.Get("us-east-1", Session);
        _time.AdjustTime(Start.AddHours(-1));

        Assert.Contains("&X-Amz-Date=20261122T225959Z&", Decode(_tokens.Get("us-east-1", Session)), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string?> OtherCredentials { get; } = new()
    {
        { "ASIAOTHER", Session.SecretAccessKey, Session.SessionToken },
        { Session.AccessKeyId, "other", Session.SessionToken },
        { Session.AccessKeyId, Session.SecretAccessKey, "other" },
        { Session.AccessKeyId, Session.SecretAccessKey, null },
    };

    [Theory]
    [MemberData(nameof(OtherCredentials))]
    public void Get_CredentialsChanged_IsRenewed(string accessKeyId, string secretAccessKey, string? sessionToken)
    {
        var other = new AwsCredentials(accessKeyId, secretAccessKey, sessionToken);
        var first = _tokens.Get("us-east-1", Session);
        var second = _tokens.Get("us-east-1", other);

        Assert.NotEqual(first, second);
        Assert.Same(second, _tokens.Get("us-east-1", other));
        Assert.NotSame(first, _tokens.Get("us-east-1", Session)); // One token is cached per region.
    }

    [Fact]
    public void Get_TwoRegions_CachesOneForEach()
    {
        var virginia = _tokens.Get("us-east-1", LongLived);
        var frankfurt = _tokens.Get("eu-central-1", LongLived);

        Assert.NotEqual(virginia, frankfurt);
        Assert.Same(virginia, _tokens.Get("us-east-1", LongLived));
        Assert.Same(frankfurt, _tokens.Get("eu-central-1", LongLived));
    }

    [Fact]
    public void Get_Concurrent_ReturnsValidTokens()
    {
        var given = new string[64];

        Parallel.For(0, given.Length, i => given[i] = _tokens.Get("us-east-1", Session));

        Assert.Single(given.Distinct());
        Assert.Contains(_tokens.Get("us-east-1", Session), given);
    }

    private static string Decode(string token)
    {
        Assert.StartsWith(Prefix, token, StringComparison.Ordinal);
        return Encoding.UTF8.GetString(Convert.FromBase64String(token[Prefix.Length..]));
    }
}
