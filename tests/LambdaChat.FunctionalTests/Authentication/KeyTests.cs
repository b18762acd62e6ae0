using System.Security.Cryptography;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Keys of <c>API_KEYS</c>: the forms in which clients send them, and their options.</summary>
public sealed class KeyTests(KeyTests.Fixture keys) : IClassFixture<KeyTests.Fixture>
{
    private const string Page = "https://chat.example.com";

    /// <summary>The function with keys of several kinds.</summary>
    public sealed class Fixture(FunctionFixture function) : IAsyncLifetime
    {
        private AuthenticatedFunction? _door;

        internal AuthenticatedFunction Door => _door!;

        public async ValueTask InitializeAsync() => _door = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, new()
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

        public ValueTask DisposeAsync() => Door.DisposeAsync();
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
    public async Task Key_InAnyForm_Enters(params string[] headers) => (await keys.Door.AskAsync(headers)).AssertEntered();

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
    public async Task Key_AlmostRight_Is401(string header) => (await keys.Door.AskAsync(header)).AssertIs(Answer.UnknownKey);

    [Fact]
    public async Task Hash_InPlaceOfItsKey_Is401() =>
        (await keys.Door.ShowAsync(Convert.ToHexStringLower(SHA256.HashData("sk-alice"u8)))).AssertIs(Answer.UnknownKey);

    [Fact]
    public async Task Guesses_ByTheThousand_All401()
    {
        for (var i = 0; i < 1000; i++)
        {
            (await keys.Door.ShowAsync($"sk-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(i % 40 + 1))}")).AssertIs(Answer.UnknownKey);
        }

        (await keys.Door.ShowAsync("sk-alice")).AssertEntered();
    }

    [Theory]
    [InlineData("cookie: api_key=sk-alice")]
    [InlineData("proxy-authorization: Bearer sk-alice")]
    [InlineData("x-authorization: Bearer sk-alice")]
    [InlineData("x-forwarded-user: alice")]
    public async Task Key_Elsewhere_IsNone(string header) => (await keys.Door.AskAsync(header)).AssertIs(Answer.NoKey);

    [Fact]
    public async Task Key_InTheQuery_IsNone() =>
        (await keys.Door.SendAsync(HttpMethod.Get, "v1/models?api_key=sk-alice&key=sk-alice", content: null)).AssertIs(Answer.NoKey);

    [Theory]
    [InlineData("Authorization: Bearer sk-alice", "x-api-key: sk-page")]
    [InlineData("Authorization: Bearer sk-alice", "api-key: wrong")]
    [InlineData("x-api-key: sk-alice", "api-key: sk-page")]
    public async Task Keys_TwoDifferentOnes_Are400(string one, string other) => (await keys.Door.AskAsync(one, other)).AssertIs(
        new Answer(400, Answer.Error("The request carries two different API keys; send one.", "ambiguous_api_key"), ""));

    [Fact]
    public async Task Key_Expired_Is401() => (await keys.Door.ShowAsync("sk-late")).AssertIs(Answer.OfKey("The API key has expired."));

    [Fact]
    public async Task Origin_Allowed_Enters()
    {
        (await keys.Door.AskAsync("x-api-key: sk-page", $"Origin: {Page}")).AssertEntered();
        (await keys.Door.AskAsync("x-api-key: sk-page", "Origin: http://localhost:3000")).AssertEntered();
        (await keys.Door.AskAsync("x-api-key: sk-page")).AssertEntered();
        (await keys.Door.AskAsync("x-api-key: sk-alice", "Origin: https://evil.example.com")).AssertEntered();
    }

    [Theory]
    [InlineData("https://evil.example.com")]
    [InlineData("http://chat.example.com")]
    [InlineData("https://chat.example.com:8443")]
    [InlineData("https://chat.example.com.evil.org")]
    [InlineData("null")]
    public async Task Origin_NotAllowed_Is403ThatTheBrowserCanRead(string origin)
    {
        var answer = await keys.Door.AskAsync("x-api-key: sk-page", $"Origin: {origin}");

        answer.AssertIs(new Answer(403, Answer.Error("The API key may not be used by pages of this origin.", "origin_not_allowed"), ""));
        Assert.Equal("*", answer.AllowedOrigin);
    }

    [Fact]
    public async Task Models_OfTheKey_AreAllThereIs()
    {
        var list = await keys.Door.AskAsync("x-api-key: sk-few");

        Assert.Equal(
            """{"object":"list","data":[{"id":"served-name","object":"model","created":0,"owned_by":"sagemaker"},{"id":"reasoning-hidden","object":"model","created":0,"owned_by":"sagemaker","reasoning":"hidden"}]}""",
            list.Body);
        Assert.Equal(200, (await keys.Door.ChatAsync("served-name", "x-api-key: sk-few")).Status);
    }

    [Theory]
    [InlineData("deepseek-r1")]
    [InlineData("many-settings-alias")] // An alias.
    [InlineData("no-such-model")]
    public async Task Model_OfAnotherKey_IsAsIfItWereNone(string model)
    {
        var expected = $$$"""{"error":{"message":"The model `{{{model}}}` does not exist or you do not have access to it. GET /v1/models lists the available models.","type":"invalid_request_error","param":"model","code":"model_not_found"}}""";

        (await keys.Door.ChatAsync(model, "x-api-key: sk-few")).AssertIs(new Answer(404, expected, ""));
        (await keys.Door.SendAsync(HttpMethod.Get, $"v1/models/{model}", content: null, "x-api-key: sk-few")).AssertIs(new Answer(404, expected, ""));
    }

    [Fact]
    public async Task Model_NotNamed_IsNotTheDefaultOfAnotherKey() => (await keys.Door.ChatAsync("", "x-api-key: sk-few")).AssertIs(new Answer(
        400, """{"error":{"message":"`model` is required: the name of a model, as GET /v1/models lists them.","type":"invalid_request_error","param":"model","code":null}}""", ""));
}
