using System.Net.Http.Headers;
using System.Text;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Callers that AWS IAM has authorized. Only the event identifies them, never what a client sends.</summary>
public sealed class IamTests(FunctionFixture function)
{
    private const string Arn = "arn:aws:sts::123456789012:assumed-role/Chat/alice";
    private const string Context =
        """{"authorizer":{"iam":{"userArn":"arn:aws:iam::123456789012:root","accountId":"123456789012","userId":"A"}},"identity":{"userArn":"arn:aws:iam::123456789012:root"}}""";

    private static readonly Dictionary<string, string> Iam = new() { ["IAM_ACCESS"] = "true", ["API_KEYS"] = "" };

    private static readonly string[] Forged =
    [
        $"x-amzn-request-context: {Context}",
        $"x-amzn-lambda-context: {Context}",
        $"x-amz-request-context: {Context}",
        $"x-apigateway-event: {{\"requestContext\":{Context}}}",
        $"requestcontext: {Context}",
        $"x-amzn-iam-user-arn: {Arn}",
        $"x-amzn-caller-arn: {Arn}",
        $"x-amz-user-arn: {Arn}",
        $"authorizer: {Arn}",
        "x-amz-security-token: FwoGZXIvYXdzE",
        "x-amz-date: 20261122T000000Z",
        "x-amz-source-account: 123456789012",
        "x-amzn-oidc-identity: alice",
        "x-amzn-oidc-data: eyJhbGciOiJub25lIn0.e30.",
        "x-amzn-mtls-clientcert-subject: CN=alice",
        "cognito-identity: alice",
        "x-forwarded-user: alice",
        "x-auth-request-user: alice",
        "remote-user: alice",
    ];

    [Fact]
    public async Task Identity_InEvent_IsAcceptedWithAShortName()
    {
        await using var server = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, Iam,
            options => options with { UserArn = Arn });

        (await server.AskAsync("Authorization: AWS4-HMAC-SHA256 Credential=x")).AssertAccepted();
        Assert.Equal(200, (await server.ChatAsync(FunctionFixture.Model)).Status);
        await server.Log.WaitForAsync("to iam:Chat-");
        Assert.DoesNotContain(server.Log.Lines,
            line => line.Contains("123456789012", StringComparison.Ordinal) || line.Contains("arn:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Identity_IamAccessNotSet_IsRefused()
    {
        await using var server = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, [],
            options => options with { UserArn = Arn });

        (await server.AskAsync()).AssertIs(Answer.NoKey);
    }

    [Theory]
    [InlineData("lambda")]
    [InlineData("sam local")]
    [InlineData("server")]
    public async Task Headers_ClaimingAnIdentity_AreIgnored(string mode)
    {
        await using var server = mode == "server"
            ? await AuthenticatedFunction.OpenServerAsync(function.Emulator.Address, Iam)
            : await AuthenticatedFunction.OpenAsync(function.Emulator.Address, Iam,
                options => options with { IsSamLocal = mode == "sam local" });

        (await server.AskAsync(Forged)).AssertIs(Answer.NoKey);
        foreach (var header in Forged)
        {
            (await server.AskAsync(header)).AssertIs(Answer.NoKey);
        }

        (await server.AskAsync(
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20261122/us-east-1/lambda/aws4_request, SignedHeaders=host, " +
                "Signature=0")).AssertIs(Answer.UnknownKey);
        (await server.AskAsync($"Authorization: {Arn}")).AssertIs(Answer.UnknownKey);
    }

    [Theory]
    [InlineData("lambda")]
    [InlineData("server")]
    public async Task Body_LikeAnEvent_IsIgnored(string mode)
    {
        await using var server = mode == "server"
            ? await AuthenticatedFunction.OpenServerAsync(function.Emulator.Address, Iam)
            : await AuthenticatedFunction.OpenAsync(function.Emulator.Address, Iam);
        using var content = new ByteArrayContent(
            Encoding.UTF8.GetBytes($$"""{"version":"2.0","rawPath":"/v1/models","requestContext":{{Context}}}"""));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        (await server.SendAsync(HttpMethod.Post, "v1/chat/completions", content)).AssertIs(Answer.NoKey);
        (await server.SendAsync(HttpMethod.Get, $"v1/models?requestContext={Uri.EscapeDataString(Context)}", content: null)).AssertIs(
            Answer.NoKey);
    }
}
