using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Requests without a key, and configurations without authentication.</summary>
public sealed class UnauthorizedTests(FunctionFixture function)
{
    [Theory]
    [InlineData("POST", "v1/chat/completions")]
    [InlineData("POST", "v1/completions")]
    [InlineData("POST", "v1/embeddings")]
    [InlineData("POST", "v1/rerank")]
    [InlineData("POST", "v1/score")]
    [InlineData("POST", "v1/responses")]
    [InlineData("POST", "ag-ui")]
    [InlineData("POST", "ag-ui/deepseek-r1")]
    [InlineData("POST", "ag-ui/connect")]
    [InlineData("DELETE", "ag-ui/thread/stream")]
    [InlineData("GET", "v1/models")]
    [InlineData("GET", "v1/models/deepseek-r1")]
    [InlineData("GET", "models")]
    [InlineData("GET", "v1/dashboard/billing/usage")]
    [InlineData("GET", "dashboard/billing/subscription")]
    [InlineData("POST", "chat/completions")]
    [InlineData("POST", "api/openai/v1/chat/completions")]
    [InlineData("GET", "nothing")]
    [InlineData("GET", "healthz/x")]
    [InlineData("GET", "healthz/../v1/models")]
    [InlineData("GET", "//v1/models")]
    [InlineData("GET", "v1//models")]
    [InlineData("GET", "V1/MODELS")]
    [InlineData("GET", "healthz/%2e%2e/v1/models")]
    [InlineData("GET", "v1/models?/healthz")]
    [InlineData("HEAD", "v1/models")]
    [InlineData("TRACE", "v1/models")]
    [InlineData("DELETE", "v1/models")]
    [InlineData("GET", "appsettings.json")]
    public async Task Path_WithoutKey_Is401(string method, string path)
    {
        await using var server = new Visitor(function);

        (await server.SendAsync(method, path)).AssertIs(method == "HEAD" ? Answer.NoKey with { Body = "" } : Answer.NoKey);
    }

    [Theory]
    [InlineData("API_KEYS", "")]
    [InlineData("OPEN_ACCESS", "false")]
    [InlineData("IAM_ACCESS", "false")]
    public Task Start_NoAuthenticationMethod_IsRefused(string variable, string value) => AssertNoStartAsync(
        new() { ["API_KEYS"] = "", [variable] = value },
        "No authentication method is configured. Set API_KEYS, API_KEYS_SECRET, API_KEYS_PARAMETER, TABLE, JWT_ISSUER or " +
            "IAM_ACCESS=true. OPEN_ACCESS=true allows access without a key.");

    [Theory]
    [InlineData("OPEN_ACCESS", "yes", "OPEN_ACCESS must be true or false.")]
    [InlineData("IAM_ACCESS", "1", "IAM_ACCESS must be true or false.")]
    [InlineData("JWT_ISSUER", "https://issuer.example.com",
        "JWT_ISSUER requires JWT_AUDIENCE. Without an audience, every token of the issuer would be accepted.")]
    [InlineData("JWT_ISSUER", "http://issuer.example.com", "JWT_ISSUER must be the https:// address of an OpenID Connect issuer.", "x")]
    [InlineData("JWT_AUDIENCE", "x", "JWT_AUDIENCE, JWT_SCOPE and JWT_CLAIM require JWT_ISSUER.")]
    [InlineData("ORIGIN_SECRET", "short", "ORIGIN_SECRET must be one or more values of at least 16 characters, separated by commas.")]
    [InlineData("API_KEYS", "alice=sk-alice", "API_KEYS entry 0 must be name=<SHA-256 of the key in 64 hexadecimal digits>.")]
    public Task Start_InvalidSetting_PrintsOneSentence(string variable, string value, string sentence, string audience = "") =>
        AssertNoStartAsync(new() { ["JWT_AUDIENCE"] = audience, [variable] = value }, sentence);

    private async Task AssertNoStartAsync(Dictionary<string, string> variables, string sentence)
    {
        await using var lambda = await FunctionFixture.StartLambdaAsync(
            function.Emulator.Address, new Log(),
                options =>
                    options with
                    {
                        Variables = new Dictionary<string, string>(options.Variables).Concat(variables).GroupBy(pair => pair.Key)
                        .ToDictionary(pair => pair.Key, pair => pair.Last().Value)
                    });

        var error = await Assert.ThrowsAsync<LocalException>(() => lambda.WarmUpAsync(TestContext.Current.CancellationToken));

        Assert.Equal($"The function failed to start: {sentence}", error.Message);
    }

    // A client without a key that sends paths unchanged.
    private sealed class Visitor(FunctionFixture function) : IAsyncDisposable
    {
        private readonly HttpClient _client = new();

        public async Task<Answer> SendAsync(string method, string path)
        {
            var url = new Uri(function.Lambda.Url + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            using var response = await _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), url),
                TestContext.Current.CancellationToken);
            return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                response.Headers.WwwAuthenticate.ToString());
        }

        public ValueTask DisposeAsync()
        {
            _client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
