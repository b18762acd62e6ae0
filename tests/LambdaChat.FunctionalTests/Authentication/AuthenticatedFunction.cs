using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.FunctionalTests.Attacks;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>The function with its own settings, in the Lambda emulator or as a web server, and a client with any headers.</summary>
internal sealed class AuthenticatedFunction : IAsyncDisposable
{
    private readonly LocalLambda? _lambda;
    private readonly KestrelFunction? _server;

    private AuthenticatedFunction(Uri url, Log log, LocalLambda? lambda, KestrelFunction? server)
    {
        (_lambda, _server) = (lambda, server);
        Log = log;
        Client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) };
    }

    public HttpClient Client { get; }

    public Log Log { get; }

    /// <summary>Starts the function in the Lambda emulator. Empty variables are not set. <c>API_KEYS</c> has a default.</summary>
    public static async Task<AuthenticatedFunction> OpenAsync(
        Uri sageMaker, Dictionary<string, string> variables, Func<LambdaOptions, LambdaOptions>? configure = null)
    {
        var log = new Log();
        var lambda = await FunctionFixture.StartLambdaAsync(sageMaker, log, options =>
        {
            // Keys and tokens are cached in the only process: a slow function is no reason for another one.
            options = options with { Variables = Merge(options.Variables, variables), IdleGrace = WaitLimit.Duration };
            return configure?.Invoke(options) ?? options;
        });
        return new AuthenticatedFunction(lambda.Url, log, lambda, server: null);
    }

    /// <summary>Starts the function as a web server.</summary>
    public static async Task<AuthenticatedFunction> OpenServerAsync(Uri sageMaker, Dictionary<string, string> variables)
    {
        var server = await KestrelFunction.StartAsync(sageMaker, Merge(FunctionFixture.Variables(sageMaker), variables));
        return new AuthenticatedFunction(server.Url, server.Log, lambda: null, server);
    }

    /// <summary>Requests the list of models.</summary>
    /// <param name="headers">Each as <c>name: value</c>.</param>
    public Task<Answer> AskAsync(params string[] headers) => SendAsync(HttpMethod.Get, "v1/models", content: null, headers);

    /// <summary>Requests the list of models with a bearer token or key.</summary>
    public Task<Answer> SendCredentialAsync(string credential) => AskAsync($"Authorization: Bearer {credential}");

    /// <summary>Requests a reply.</summary>
    public Task<Answer> ChatAsync(string model, params string[] headers) =>
        SendAsync(HttpMethod.Post, "v1/chat/completions",
            JsonContent.Create(Reply.Request("{}", $$"""{"model":"{{model}}","stream":false}""")), headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, params string[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            Assert.True(request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].TrimStart()));
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var challenge = response.Headers.WwwAuthenticate.ToString();
        var origin = response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? string.Join('|', values) : null;
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            challenge)
        { AllowedOrigin = origin };
    }

    /// <summary>An entry of <c>API_KEYS</c>.</summary>
    public static string Entry(string name, string key, string options = "") =>
        $"{name}={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}{options}";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_lambda is not null)
        {
            await _lambda.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> variables, Dictionary<string, string> own) =>
        variables.Where(pair => !own.ContainsKey(pair.Key)).Concat(own.Where(pair => pair.Value.Length > 0)).ToDictionary();
}

/// <summary>A response as a client sees it.</summary>
/// <param name="Challenge">The value of <c>WWW-Authenticate</c>; empty if there is none.</param>
internal sealed record Answer(int Status, string Body, string Challenge)
{
    public string? AllowedOrigin { get; init; }

    public static Answer NoKey { get; } = OfKey(
        "You didn't provide an API key. Send your API key in the Authorization header: `Authorization: Bearer YOUR_KEY`.");

    public static Answer UnknownKey { get; } = OfKey("Incorrect API key provided.");

    public static Answer InvalidToken { get; } = new(401, Error("Incorrect API key provided: the token is not valid.", "invalid_token"),
        "Bearer error=\"invalid_token\"");

    public static Answer InsufficientScope { get; } = new(403,
        Error("The token is valid, but does not grant access to this API.", "insufficient_scope"), "Bearer error=\"insufficient_scope\"");

    public static Answer NotDecided { get; } = new(
        503, """{"error":{"message":"API keys cannot be checked at the moment. Try again.","type":"server_error","param":null,"code":"keys_unreachable"}}""", "");

    public static Answer OfKey(string message) => new(401, Error(message, "invalid_api_key"), "Bearer");

    public static string Error(string message, string code) =>
        $$$"""{"error":{"message":"{{{message}}}","type":"invalid_request_error","param":null,"code":"{{{code}}}"}}""";

    /// <summary>Asserts the whole status, body and challenge.</summary>
    public void AssertIs(Answer expected) => Assert.Equal((expected.Status, expected.Body, expected.Challenge), (Status, Body, Challenge));

    /// <summary>Asserts that the credential was accepted.</summary>
    public void AssertAccepted()
    {
        Assert.Equal((200, ""), (Status, Challenge));
        Assert.StartsWith("""{"object":"list","data":[{"id":""", Body, StringComparison.Ordinal);
    }
}
