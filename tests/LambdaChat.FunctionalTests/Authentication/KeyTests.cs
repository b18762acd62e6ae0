using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Keys in <c>API_KEYS</c>: the headers in which clients send them, and their options.</summary>
public sealed class KeyTests(KeyTests.Fixture keys) : IClassFixture<KeyTests.Fixture>
{
    private const string Page = "https://chat.example.com";

    /// <summary>The function with keys of each kind.</summary>
    public sealed class Fixture(FunctionFixture function) : IAsyncLifetime
    {
        private AuthenticatedFunction? _function;

        internal AuthenticatedFunction Server => _function!;

        public async ValueTask InitializeAsync() => _function = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, new()
        {
            ["API_KEYS"] = string.Join(
                '\n',
                AuthenticatedFunction.Entry("alice", "sk-alice"),
                AuthenticatedFunction.Entry("late", "sk-late", ";expires=2020-01-01"),
                AuthenticatedFunction.Entry("early", "sk-early", ";expires=2099-01-01"),
                AuthenticatedFunction.Entry("page", "sk-page", $";origins={Page}|http://localhost:3000"),
                AuthenticatedFunction.Entry("few", "sk-few", ";models=served-name|reasoning-hidden"),
                AuthenticatedFunction.Entry("nk", "nk-own"),
                AuthenticatedFunction.Entry("dots", "a.b.c")),
        });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    [Theory]
    [InlineData("Authorization: Bearer sk-alice")]
    [InlineData("Authorization: bearer sk-alice")]
    [InlineData("Authorization: Bearer nk-sk-alice")]
    [InlineData("Authorization: Bearer nk-own")]
    [InlineData("Authorization: Bearer a.b.c")]
    [InlineData("x-api-key: sk-alice")]
    [InlineData("api-key: sk-alice")]
    [InlineData("x-api-key: nk-sk-alice")]
    [InlineData("x-api-key: sk-alice", "Authorization: AWS4-HMAC-SHA256 Credential=x")]
    [InlineData("x-api-key: sk-alice", "Authorization: Bearer nk-sk-alice")]
    [InlineData("x-api-key: sk-early")]
    public async Task Key_InAnyHeader_IsAccepted(params string[] headers) => (await keys.Server.AskAsync(headers)).AssertAccepted();

    [Theory]
    [InlineData("Authorization: Bearer sk-alicf")]
    [InlineData("Authorization: Bearer sk-alic")]
    [InlineData("Authorization: Bearer sk-alice2")]
    [InlineData("Authorization: Bearer SK-ALICE")]
    [InlineData("Authorization: Bearer sk-alice,Bearer sk-alice")]
    [InlineData("Authorization: Bearer nk-nk-sk-alice")]
    [InlineData("Authorization: sk-alice")]
    [InlineData("Authorization: Basic c2stYWxpY2U6")]
    [InlineData("x-api-key: Bearer sk-alice")]
    [InlineData("api-key: alice")]
    public async Task Key_AlmostCorrect_Is401(string header) => (await keys.Server.AskAsync(header)).AssertIs(Answer.UnknownKey);

    [Fact]
    public async Task Hash_InsteadOfKey_Is401() =>
        (await keys.Server.SendCredentialAsync(Convert.ToHexStringLower(SHA256.HashData("sk-alice"u8)))).AssertIs(Answer.UnknownKey);

    [Fact]
    public async Task Guesses_Thousands_Are401()
    {
        for (var i = 0; i < 1000; i++)
        {
            (await keys.Server.SendCredentialAsync($"sk-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(i % 40 + 1))}")).AssertIs(
                Answer.UnknownKey);
        }

        (await keys.Server.SendCredentialAsync("sk-alice")).AssertAccepted();
    }

    [Theory]
    [InlineData("cookie: api_key=sk-alice")]
    [InlineData("proxy-authorization: Bearer sk-alice")]
    [InlineData("x-authorization: Bearer sk-alice")]
    [InlineData("x-forwarded-user: alice")]
    public async Task Key_InOtherHeader_IsIgnored(string header) => (await keys.Server.AskAsync(header)).AssertIs(Answer.NoKey);

    [Fact]
    public async Task Key_InQuery_IsIgnored() =>
        (await keys.Server.SendAsync(HttpMethod.Get, "v1/models?api_key=sk-alice&key=sk-alice", content: null)).AssertIs(Answer.NoKey);

    [Theory]
    [InlineData("Authorization: Bearer sk-alice", "x-api-key: sk-page")]
    [InlineData("Authorization: Bearer sk-alice", "api-key: wrong")]
    [InlineData("x-api-key: sk-alice", "api-key: sk-page")]
    public async Task Keys_TwoDifferent_Are400(string one, string other) => (await keys.Server.AskAsync(one, other)).AssertIs(
        new Answer(400, Answer.Error("The request has two different API keys. Send only one.", "ambiguous_api_key"), ""));

    [Fact]
    public async Task Key_Expired_Is401() =>
        (await keys.Server.SendCredentialAsync("sk-late")).AssertIs(Answer.OfKey("Incorrect API key provided: the key has expired."));

    [Fact]
    public async Task Origin_Allowed_IsAccepted()
    {
        (await keys.Server.AskAsync("x-api-key: sk-page", $"Origin: {Page}")).AssertAccepted();
        (await keys.Server.AskAsync("x-api-key: sk-page", "Origin: http://localhost:3000")).AssertAccepted();
        (await keys.Server.AskAsync("x-api-key: sk-page")).AssertAccepted();
        (await keys.Server.AskAsync("x-api-key: sk-alice", "Origin: https://evil.example.com")).AssertAccepted();
    }

    [Theory]
    [InlineData("https://evil.example.com")]
    [InlineData("http://chat.example.com")]
    [InlineData("https://chat.example.com:8443")]
    [InlineData("https://chat.example.com.evil.org")]
    [InlineData("null")]
    public async Task Origin_NotAllowed_Is403WithCorsHeaders(string origin)
    {
        var answer = await keys.Server.AskAsync("x-api-key: sk-page", $"Origin: {origin}");

        answer.AssertIs(
            new Answer(403, Answer.Error("This API key cannot be used by web pages of this origin.", "origin_not_allowed"), ""));
        Assert.Equal("*", answer.AllowedOrigin);
    }

    [Fact]
    public async Task Models_OfKey_AreListed()
    {
        var list = await keys.Server.AskAsync("x-api-key: sk-few");

        Assert.Equal(
            """{"object":"list","data":[{"id":"served-name","object":"model","created":0,"owned_by":"sagemaker"},{"id":"reasoning-hidden","object":"model","created":0,"owned_by":"sagemaker","reasoning":"hidden"}]}""",
            Regex.Replace(list.Body, "\"created\":1[0-9]{9}\\b", "\"created\":0"));
        Assert.Equal(200, (await keys.Server.ChatAsync("served-name", "x-api-key: sk-few")).Status);
    }

    [Theory]
    [InlineData("deepseek-r1")]
    [InlineData("many-settings-alias")] // An alias.
    [InlineData("no-such-model")]
    public async Task Model_OfAnotherKey_Is404(string model)
    {
        var expected =
            $$$"""{"error":{"message":"The model `{{{model}}}` does not exist or you do not have access to it. GET /v1/models lists the available models.","type":"invalid_request_error","param":"model","code":"model_not_found"}}""";

        (await keys.Server.ChatAsync(model, "x-api-key: sk-few")).AssertIs(new Answer(404, expected, ""));
        (await keys.Server.SendAsync(HttpMethod.Get, $"v1/models/{model}", content: null, "x-api-key: sk-few")).AssertIs(
            new Answer(404, expected, ""));
    }

    [Fact]
    public async Task Model_Missing_IsNotTheDefaultOfAnotherKey() =>
        (await keys.Server.ChatAsync("", "x-api-key: sk-few")).AssertIs(new Answer(
        400, """{"error":{"message":"Missing required parameter: 'model'. Expected the name of a model that GET /v1/models lists.","type":"invalid_request_error","param":"model","code":"missing_required_parameter"}}""", ""));
}
