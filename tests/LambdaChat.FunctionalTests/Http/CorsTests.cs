using System.Net.Http.Json;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Http;

/// <summary>The CORS headers of preflights and responses.</summary>
public sealed class CorsTests(FunctionFixture function)
{
    private const string Origin = "https://chat.example.com";

    [Theory]
    [InlineData("v1/chat/completions", "POST", "authorization,content-type,x-stainless-lang")]
    [InlineData("chat/completions", "POST", "authorization,content-type")]
    [InlineData("v1/models", "GET", "authorization")]
    public async Task Preflight_WithoutKey_IsAllowed(string path, string method, string headers)
    {
        using var response = await SendAsync(function.Lambda.Url, HttpMethod.Options, path, message =>
        {
            message.Headers.Add("Access-Control-Request-Method", method);
            message.Headers.Add("Access-Control-Request-Headers", headers);
        });

        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal(headers, Header(response, "Access-Control-Allow-Headers"));
        Assert.Contains(method, Header(response, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Equal("7200", Header(response, "Access-Control-Max-Age"));
    }

    [Theory]
    [InlineData("v1/models", 401)]
    [InlineData("nothing", 401)]
    [InlineData("healthz", 200)]
    public async Task Response_OfAnyKind_HasTheHeadersOnce(string path, int status)
    {
        using var response = await SendAsync(function.Lambda.Url, HttpMethod.Get, path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
        Assert.Contains("x-request-id", Header(response, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reply_Streamed_HasTheHeaders()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post,
            "v1/chat/completions")
        { Content = JsonContent.Create(Reply.Request("""{"tokens":1}""")) };
        message.Headers.Add("Origin", Origin);
        using var response = await function.Client.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData(Origin, Origin)]
    [InlineData("https://evil.example.com", null)]
    public async Task Origins_Configured_AreTheOnlyOnes(string origin, string? allowed)
    {
        await using var lambda = await FunctionFixture.StartLambdaAsync(
            function.Emulator.Address, new Log(),
                options => options with { Variables = new Dictionary<string, string>(options.Variables) { ["CORS_ORIGINS"] = Origin } });

        using var response = await SendAsync(lambda.Url, HttpMethod.Get, "healthz", origin: origin);

        Assert.Equal(allowed, Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Options_WithoutOrigin_NeedsNoKey()
    {
        using var client = new HttpClient { BaseAddress = function.Lambda.Url };
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "v1/models"),
            TestContext.Current.CancellationToken);

        Assert.Equal(405, (int)response.StatusCode);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;

    private static async Task<HttpResponseMessage> SendAsync(
        Uri url, HttpMethod method, string path, Action<HttpRequestMessage>? configure = null, string origin = Origin)
    {
        using var client = new HttpClient { BaseAddress = url };
        using var message = new HttpRequestMessage(method, path);
        message.Headers.Add("Origin", origin);
        configure?.Invoke(message);
        return await client.SendAsync(message, TestContext.Current.CancellationToken);
    }
}
