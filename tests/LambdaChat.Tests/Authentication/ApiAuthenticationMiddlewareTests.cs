using Amazon.DynamoDBv2;
using Amazon.Runtime;
using LambdaChat.Authentication;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Authentication.SecretsManager;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Authentication;

/// <summary>Keys of the table while the secret store is unavailable. Both are sockets.</summary>
public sealed class ApiAuthenticationMiddlewareTests : IDisposable
{
    private readonly string _key = ApiKeyGenerator.Create();
    private readonly FakeTimeProvider _time = new();
    private readonly Loopback _secrets = new(_ => Loopback.Json("{}", 500));
    private readonly Loopback _items;
    private readonly ParametersAndSecretsClient _extension;
    private readonly DynamoTable _table;
    private readonly ApiAuthenticationMiddleware _middleware;

    public ApiAuthenticationMiddlewareTests()
    {
        _items = new Loopback(_ => Loopback.Json(
            $$$"""{"Item":{"pk":{"S":"KEY#{{{Hash(_key)}}}"},"sk":{"S":"KEY"},"name":{"S":"alice"} } }"""));
        _extension = new ParametersAndSecretsClient(_secrets.Address);
        _table = new DynamoTable("keys", () => new AmazonDynamoDBClient(
            new BasicAWSCredentials("local", "local"),
            new AmazonDynamoDBConfig { ServiceURL = _items.Address.ToString(), AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 }));
        var source = new KeyValuePair<string, string>("API_KEYS_SECRET", "/secretsmanager/get?secretId=x");
        var settings = new SecretsManagerSettings([source], _secrets.Address, TimeSpan.FromMinutes(5));
        _middleware = new ApiAuthenticationMiddleware(
            new ApiKeyList([]),
            new AuthenticationSettings(AllowsAnonymous: false, AllowsIam: false),
            [
                new SecretsManagerKeys(settings, _extension, _time, NullLogger<SecretsManagerKeys>.Instance),
                new DynamoKeys(_table, new DynamoKeySettings(TimeSpan.FromMinutes(1)), _time, NullLogger<DynamoKeys>.Instance),
            ],
            _time);
    }

    public void Dispose()
    {
        _extension.Dispose();
        _table.Dispose();
        _secrets.Dispose();
        _items.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("nk-")]
    public async Task SecretStore_Unavailable_KeyOfTheTableIsAccepted(string prefix) =>
        Assert.Equal("alice", await AuthenticateAsync(prefix + _key, StatusCodes.Status200OK));

    [Theory]
    [InlineData("")]
    [InlineData("nk-")]
    public async Task SecretStore_Unavailable_OtherKeysCannotBeChecked(string prefix) =>
        Assert.Null(await AuthenticateAsync(prefix + "sk-other", StatusCodes.Status503ServiceUnavailable));

    private static string Hash(string key) => Convert.ToHexStringLower(ApiKeyGenerator.Hash(key));

    private async Task<string?> AuthenticateAsync(string credential, int status)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + credential;

        await _middleware.InvokeAsync(context, _ => Task.CompletedTask);

        Assert.Equal(status, context.Response.StatusCode);
        return Caller.Of(context).Name;
    }
}
