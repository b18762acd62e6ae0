using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.FunctionalTests.Attacks;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>The function with variables of the test's own, inside the local Lambda or as a plain web server, and a client that sends what it is told.</summary>
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

    /// <summary>In Lambda; a variable that is empty is not set. <c>API_KEYS</c> is, unless it is told otherwise.</summary>
    public static async Task<AuthenticatedFunction> OpenAsync(Uri sageMaker, Dictionary<string, string> variables, Func<LambdaOptions, LambdaOptions>? configure = null)
    {
        var log = new Log();
        var lambda = await FunctionFixture.StartLambdaAsync(sageMaker, log, options =>
        {
            options = options with { Variables = Merge(options.Variables, variables) };
            return configure?.Invoke(options) ?? options;
        });
        return new AuthenticatedFunction(lambda.Url, log, lambda, server: null);
    }

    /// <summary>Outside Lambda.</summary>
    public static async Task<AuthenticatedFunction> OpenServerAsync(Uri sageMaker, Dictionary<string, string> variables)
    {
        var server = await KestrelFunction.StartAsync(sageMaker, Merge(FunctionFixture.Variables(sageMaker), variables));
        return new AuthenticatedFunction(server.Url, server.Log, lambda: null, server);
    }

    /// <summary>Asks for the models.</summary>
    /// <param name="headers">Each as <c>name: value</c>.</param>
    public Task<Answer> AskAsync(params string[] headers) => SendAsync(HttpMethod.Get, "v1/models", content: null, headers);

    /// <summary>Asks for the models with a bearer token or key.</summary>
    public Task<Answer> ShowAsync(string credential) => AskAsync($"Authorization: Bearer {credential}");

    /// <summary>Asks for a reply.</summary>
    public Task<Answer> ChatAsync(string model, params string[] headers) =>
        SendAsync(HttpMethod.Post, "v1/chat/completions", JsonContent.Create(Reply.Request("{}", $$"""{"model":"{{model}}","stream":false}""")), headers);

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
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), challenge) { AllowedOrigin = origin };
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

/// <summary>What a client sees of an answer.</summary>
/// <param name="Challenge">The value of <c>WWW-Authenticate</c>; empty where there is none.</param>
internal sealed record Answer(int Status, string Body, string Challenge)
{
    public string? AllowedOrigin { get; init; }

    public static Answer NoKey { get; } = OfKey("An API key is required: send it as `Authorization: Bearer KEY`.");

    public static Answer UnknownKey { get; } = OfKey("The API key is not known.");

    public static Answer InvalidToken { get; } = new(401, Error("The token is not valid.", "invalid_token"), "Bearer error=\"invalid_token\"");

    public static Answer InsufficientScope { get; } = new(403, Error("The token is valid, but not for this API.", "insufficient_scope"), "Bearer error=\"insufficient_scope\"");

    public static Answer NotDecided { get; } = new(
        503, """{"error":{"message":"Keys cannot be checked just now. Try again.","type":"server_error","param":null,"code":"keys_unreachable"}}""", "");

    public static Answer OfKey(string message) => new(401, Error(message, "invalid_api_key"), "Bearer");

    public static string Error(string message, string code) => $$$"""{"error":{"message":"{{{message}}}","type":"invalid_request_error","param":null,"code":"{{{code}}}"}}""";

    /// <summary>Asserts status, body and challenge, all of them whole.</summary>
    public void AssertIs(Answer expected) => Assert.Equal((expected.Status, expected.Body, expected.Challenge), (Status, Body, Challenge));

    /// <summary>Asserts that the door is open.</summary>
    public void AssertEntered()
    {
        Assert.Equal((200, ""), (Status, Challenge));
        Assert.StartsWith("""{"object":"list","data":[{"id":""", Body, StringComparison.Ordinal);
    }
}
