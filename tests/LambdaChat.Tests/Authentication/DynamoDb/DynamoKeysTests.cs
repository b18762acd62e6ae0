using Amazon.DynamoDBv2;
using Amazon.Runtime;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Authentication.DynamoDb;

/// <summary>When keys are read from the table, and which requests wait. The table is a socket that responds to GetItem.</summary>
public sealed class DynamoKeysTests : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(60);

    private readonly string _key = ApiKeyGenerator.Create();
    private readonly FakeTimeProvider _time = new();
    private readonly LoggedMessages _log = new();
    private readonly LoggerFactory _loggers;
    private readonly Loopback _server;
    private readonly DynamoTable _table;
    private readonly DynamoKeys _keys;
    private volatile bool _isDisabled;
    private volatile bool _closes;
    private volatile string _more = "";
    private volatile TaskCompletionSource _asked = new();
    private int _questions;

    public DynamoKeysTests()
    {
        _loggers = new LoggerFactory([_log]);
        _server = new Loopback(_ => Answer());
        _table = new DynamoTable("keys", () => new AmazonDynamoDBClient(
            new BasicAWSCredentials("local", "local"),
                new AmazonDynamoDBConfig
                {
                    ServiceURL = _server.Address.ToString(),
                    AuthenticationRegion = "us-east-1",
                    MaxErrorRetry = 0
                }));
        _keys = new DynamoKeys(_table, new DynamoKeySettings(Age), _time, _loggers.CreateLogger<DynamoKeys>());
    }

    public void Dispose()
    {
        _table.Dispose();
        _loggers.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Key_Cached_IsReadOnce()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.NotNull((await ValidateAsync(_key))?.Caller);
        }

        Assert.Equal(1, _questions);
    }

    [Fact]
    public async Task Key_PastHalfCacheTime_IsReadInTheBackground()
    {
        await ValidateAsync(_key);
        _isDisabled = true;
        _asked = new TaskCompletionSource();
        _time.Advance(Age / 2);

        var validation = ValidateAsync(_key);

        Assert.True(validation.IsCompletedSuccessfully); // Without waiting for the table.
        Assert.NotNull((await validation)?.Caller);
        await _asked.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        while ((await ValidateAsync(_key))?.Caller is not null) // Until the background read completes.
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Key_Disabled_IsRefusedAfterTheCacheTime()
    {
        await ValidateAsync(_key);
        _isDisabled = true;
        _time.Advance(Age);

        Assert.Null((await ValidateAsync(_key))!.Caller);
    }

    [Fact]
    public async Task Key_DisabledBeforeTheClockIsSetBack_IsRefused()
    {
        await ValidateAsync(_key);
        _isDisabled = true;
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(1));

        Assert.Null((await ValidateAsync(_key))!.Caller);
    }

    [Fact]
    public async Task Key_Unknown_IsCached()
    {
        var guess = ApiKeyGenerator.Create();
        Assert.Null(await ValidateAsync(guess));
        Assert.Null(await ValidateAsync(guess));
        Assert.Null(await ValidateAsync("lc-too-short"));

        Assert.Equal(1, _questions);
    }

    [Fact]
    public async Task Keys_ReadConcurrently_ShareOneRead()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ValidateAsync(_key)));

        Assert.Equal(1, _questions);
    }

    [Fact]
    public async Task Key_ConnectionClosedByTheTable_IsUnavailable()
    {
        _closes = true;
        Assert.True((await ValidateAsync(_key)) is { IsUnavailable: true });

        _closes = false;
        Assert.NotNull((await ValidateAsync(_key))?.Caller);
    }

    [Fact]
    public async Task Key_OfAnotherType_IsUnavailableAndTheLogNamesTheAttribute()
    {
        _more = ""","models":{"L":[]}""";

        Assert.True((await ValidateAsync(_key)) is { IsUnavailable: true });

        Assert.Equal(
            "A key could not be read from TABLE: The attribute models of the key alice in TABLE is missing, "
            + "or has another type or form than the keys command writes.",
            await _log.WaitForAsync(LogLevel.Error));
    }

    private Task<AuthenticationResult?> ValidateAsync(string key) => _keys.ValidateAsync(new DefaultHttpContext(), key);

    // The item of the test's key. For other keys the hash does not match.
    private string Answer()
    {
        Interlocked.Increment(ref _questions);
        if (_closes)
        {
            return ""; // The connection is closed without a response.
        }

        var disabled = _isDisabled ? ""","disabled":{"BOOL":true}""" : "";
        var answer = Loopback.Json(
            $$$"""{"Item":{"pk":{"S":"KEY#{{{Convert.ToHexStringLower(ApiKeyGenerator.Hash(_key))}}}"},"sk":{"S":"KEY"},"name":{"S":"alice"},"created":{"N":"1"}{{{disabled}}}{{{_more}}}}}""");
        _asked.TrySetResult();
        return answer;
    }
}
