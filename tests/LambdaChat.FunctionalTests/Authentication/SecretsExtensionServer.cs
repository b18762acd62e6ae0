using System.Net;
using System.Text.Json.Nodes;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>
/// The AWS Parameters and Secrets Lambda extension as documented, on a loopback port: two paths, a token, and 400 until it is ready.
/// Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
/// </summary>
internal sealed class SecretsExtensionServer : IAsyncDisposable
{
    public const string SecretId = "arn:aws:secretsmanager:us-east-1:123456789012:secret:chat/keys-AbCdEf";
    public const string ParameterName = "/chat/keys";

    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, 0);
    private readonly string _token;
    private int _asked;

    private SecretsExtensionServer(string token)
    {
        _token = token;
        _app.Run(AnswerAsync);
    }

    public int Port => _app.UrlToCall().Port;

    /// <summary>The value of the secret and the parameter; null if they do not exist.</summary>
    public string? Keys { get; set; }

    /// <summary>The number of requests that get "not ready" first.</summary>
    public int NotReady { get; init; }

    public int Asked => _asked;

    /// <param name="token">The session token that the function must send.</param>
    public static async Task<SecretsExtensionServer> StartAsync(string token, string? keys, int notReady = 0)
    {
        var extension = new SecretsExtensionServer(token) { Keys = keys, NotReady = notReady };
        await extension._app.ListenAsync(IPAddress.Loopback, 0);
        return extension;
    }

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var asked = Interlocked.Increment(ref _asked);
        var query = context.Request.Query;
        var (status, body) = asked <= NotReady ? (400, "not ready to serve traffic, please wait")
            : context.Request.Headers["X-Aws-Parameters-Secrets-Token"] != _token ? (401, "Unauthorized")
            : (context.Request.Path.Value, Keys) switch
            {
                ("/secretsmanager/get", { } keys) when query["secretId"] == SecretId =>
                    (200, new JsonObject { ["Name"] = "chat/keys", ["SecretString"] = keys }.ToJsonString()),
                ("/systemsmanager/parameters/get", { } keys) when query["name"] == ParameterName && query["withDecryption"] == "true" =>
                    (200, new JsonObject
                    {
                        ["Parameter"] = new JsonObject { ["Name"] = ParameterName, ["Value"] = keys },
                        ["ResultMetadata"] = new JsonObject()
                    }.ToJsonString()),
                _ => (400, """{"message":"AccessDeniedException"}"""),
            };
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }
}
