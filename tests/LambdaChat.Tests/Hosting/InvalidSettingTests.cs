using System.Net;
using System.Net.Sockets;
using LambdaChat.Configuration;
using LambdaChat.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Hosting;

/// <summary>A wrong value stops the start, and the error names the setting.</summary>
public sealed class InvalidSettingTests
{
    private const string NoResource = "must be the name or the ARN of a resource of AWS, without blanks.";
    private const string NoValue = "has no value. Set at least one, or remove the setting.";

    private static readonly Dictionary<string, string?> Valid = new()
    {
        ["MODELS"] = """[{"name":"m","endpoint":"e"}]""",
        ["AWS_REGION"] = "us-east-1",
        ["OPEN_ACCESS"] = "true",
        ["JWT_ISSUER"] = "https://issuer.example.com",
        ["JWT_AUDIENCE"] = "chat",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9",
    };

    [Fact]
    public async Task Create_ValidSettings_Starts()
    {
        await using var app = Create("CORS_ORIGINS", "https://a.example.com");
    }

    [Theory]
    [InlineData("CORS_ORIGINS", ",", NoValue)]
    [InlineData("CORS_ORIGINS", " ", NoValue)]
    [InlineData("ORIGIN_SECRET", " , ", NoValue)]
    [InlineData("ORIGIN_SECRET", " ", "has no value. Set one, or remove the setting.")]
    [InlineData("ORIGIN_SECRET", "short", "must be one or more values of at least 16 characters, separated by commas.")]
    [InlineData("API_KEYS", " ", "has no value. Set one, or remove the setting.")]
    [InlineData("LIMITS", " ", "has no value. Set one, or remove the setting.")]
    [InlineData("MODELS", "\n", "has no value. Set one, or remove the setting.")]
    [InlineData("JWT_AUDIENCE", ",", NoValue)]
    [InlineData("JWT_SCOPE", " ", NoValue)]
    [InlineData("JWT_ISSUER", "https://issuer.example.com ", "must be an address like https://issuer.example.com.")]
    [InlineData("JWT_ISSUER", "issuer.example.com", "must be an address like https://issuer.example.com.")]
    [InlineData("JWT_ISSUER", "http://issuer.example.com", "must be the https:// address of an OpenID Connect issuer.")]
    [InlineData("JWT_CLAIM", " =x", "must be name=value.")]
    [InlineData("JWT_CLAIM", "x= ", "must be name=value.")]
    [InlineData("JWT_CLAIM", "x", "must be name=value.")]
    [InlineData("TABLE", " ", NoResource)]
    [InlineData("TABLE", "my table", NoResource)]
    [InlineData("API_KEYS_SECRET", " ", NoResource)]
    [InlineData("API_KEYS_PARAMETER", "/chat/keys\n", NoResource)]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "must be grpc or http/protobuf.")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http", "must be grpc or http/protobuf.")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "abc", "must be name=value pairs, separated by commas.")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=b,=c", "must be name=value pairs, separated by commas.")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://127.0.0.1:9 ", "must be an address like http://localhost:4318.")]
    public void Create_InvalidSetting_NamesIt(string name, string value, string problem) =>
        Assert.Equal($"{name} {problem}", Assert.Throws<ConfigurationException>(() => Create(name, value)).Message);

    [Theory]
    [InlineData("0")]
    [InlineData("many")]
    public void Create_AttemptsOfTheSdk_MustBeANumber(string value) => Assert.Equal(
        "AWS_MAX_ATTEMPTS must be a whole number from 1 to 100.",
        Assert.Throws<ConfigurationException>(() => Create("AWS_MAX_ATTEMPTS", value, ("TABLE", "keys"))).Message);

    [Theory]
    [InlineData("TABLE", "lambdachat-KeyTable-1ABC")]
    [InlineData("TABLE", "arn:aws:dynamodb:us-east-1:123456789012:table/keys")]
    [InlineData("API_KEYS_SECRET", "chat/keys@1")]
    [InlineData("JWT_CLAIM", " groups = a=b ")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%3Db, x = ")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Authorization%3Dsecret")]
    public async Task Create_UnusualValue_IsAccepted(string name, string value)
    {
        await using var app = Create(name, value);
    }

    [Theory]
    [InlineData("5000")]
    [InlineData("localhost:5001")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("https://127.0.0.1:5001")]
    [InlineData("http://127.0.0.1:5001/base")]
    public void Check_AddressThatCannotBeServed_IsAnError(string address) => Assert.Equal(
        $"URLS must be addresses like http://localhost:5000, separated by semicolons. {address} is not such an address.",
        Assert.Throws<ConfigurationException>(() => KestrelAddresses.Check(Of("URLS", $"http://localhost:5000;{address}"))).Message);

    [Theory]
    [InlineData(null)]
    [InlineData("http://localhost:5000")]
    [InlineData("http://*:80;http://[::1]:8080/")]
    [InlineData("http://unix:/tmp/chat.sock")]
    public void Check_Address_IsAccepted(string? addresses) => KestrelAddresses.Check(Of("URLS", addresses));

    [Fact]
    public void Check_NoAddress_IsAnError() =>
        Assert.Equal($"URLS {NoValue}", Assert.Throws<ConfigurationException>(() => KestrelAddresses.Check(Of("URLS", ";"))).Message);

    [Fact]
    public async Task RunKestrel_AddressInUse_NamesTheSettingWithoutLogOfTheHost()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        await using var app = Function.Create(
            builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(Valid) { ["URLS"] = address }),
            builder => builder.AddKestrelServer());

        var exception = await Assert.ThrowsAsync<ConfigurationException>(app.RunKestrelAsync);

        Assert.Equal(
            $"URLS: cannot listen on {address}: Failed to bind to address {address}: address already in use.", exception.Message);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.Extensions.Hosting.Internal.Host");
        Assert.False(logger.IsEnabled(LogLevel.Error));
    }

    private static WebApplication Create(string name, string value, params (string, string)[] others) =>
        Function.Create(
            builder => builder.Configuration.AddInMemoryCollection(
                others.Append((name, value)).Aggregate(new Dictionary<string, string?>(Valid), (settings, pair) =>
                {
                    settings[pair.Item1] = pair.Item2;
                    return settings;
                })),
            builder => builder.Services.AddSingleton<IServer>(new InMemoryServer()));

    private static IConfiguration Of(string name, string? value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();
}
