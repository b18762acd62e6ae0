using LambdaChat.Configuration;
using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Limits;

public sealed class LimitSettingsTests
{
    private const string Limits = """
        {"keys":{"*":{"requestsPerMinute":60},"alice":{"tokensPerDay":1000,"costPerMonth":2.5,"streams":4}},"models":{"r1":{"tokensPerMinute":100000,"tokensPerMonth":20000000}}}
        """;

    [Fact]
    public void Of_EachCaller_HasItsOwnOrTheDefaultLimits()
    {
        var settings = Read(Limits);

        Assert.Equal(new LimitSet { TokensPerDay = 1000, CostPerMonth = 2.5m, Streams = 4 }, Of(settings, "alice"));
        Assert.Equal(new LimitSet { RequestsPerMinute = 60 }, Of(settings, "bob"));
        Assert.Equal(new LimitSet { RequestsPerMinute = 60 }, Of(settings, name: null));
        Assert.Equal(new LimitSet { Streams = 1 }, Of(settings, "alice", """{"streams":1}"""));
        Assert.Equal(new LimitSet { TokensPerMinute = 100_000, TokensPerMonth = 20_000_000 }, settings.Of(new Model("r1", [], "")));
        Assert.Null(settings.Of(new Model("v3", [], "")));
    }

    /// <summary>Another caller can have the same name in logs.</summary>
    [Theory]
    [InlineData("iam:Chat-01234567", 1)]
    [InlineData("iam:Chat-0123456789abcdef", 1)]
    [InlineData("iam:Chat-01234567ffff", null)]
    public void Of_ACallerWithALongerId_IsFoundByEither(string key, int? streams)
    {
        var settings = Read($$$"""{"keys":{"{{{key}}}":{"streams":1} } }""");

        Assert.Equal(streams, settings.Of(new LimitedCaller("iam:Chat-0123456789abcdef", "iam:Chat-01234567", Limits: null))?.Streams);
    }

    [Theory]
    [InlineData("{", "limits must be JSON.")]
    [InlineData("5", "limits must be an object of limits.")]
    [InlineData("""{"colour":1}""", "limits has the unknown limit colour.")]
    [InlineData("""{"streams":10001}""", "limits.streams must be a whole number from 1 to 10000.")]
    public void Of_CallerWithInvalidLimits_IsNamed(string json, string message)
    {
        var settings = Read(Limits);

        var exception = Assert.Throws<ConfigurationException>(() => Of(settings, "alice", json));

        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public void Of_SameLimitsTwice_AreParsedOnce()
    {
        var settings = Read(Limits);

        var first = Of(settings, "a", """{"streams":1}""");

        Assert.Same(first, Of(settings, "b", """{"streams":1}"""));
    }

    [Theory]
    [InlineData("[]", "LIMITS must be a JSON object with the fields keys and models.")]
    [InlineData("{", """LIMITS is not valid JSON. Example: {"keys":{"*":{"requestsPerMinute":60}}}.""")]
    [InlineData("""{"users":{}}""", "LIMITS has the unknown field users. Its fields are keys and models.")]
    [InlineData("""{"keys":[]}""", "LIMITS keys must be a JSON object with a name for each set of limits.")]
    [InlineData("""{"keys":{"a":5}}""", "LIMITS keys.a must be an object of limits.")]
    [InlineData("""{"keys":{"a":{},"a":{}}}""", "LIMITS keys.a is defined twice.")]
    [InlineData("""{"keys":{"a":{"tokens":5}}}""", "LIMITS keys.a has the unknown limit tokens.")]
    [InlineData("""{"keys":{"a":{"tokensPerDay":-5}}}""", "LIMITS keys.a.tokensPerDay must be a whole number above zero.")]
    [InlineData("""{"models":{"r1":{"streams":1.5}}}""", "LIMITS models.r1.streams must be a whole number from 1 to 10000.")]
    [InlineData("""{"keys":{"a":{"streams":10001}}}""", "LIMITS keys.a.streams must be a whole number from 1 to 10000.")]
    [InlineData("""{"models":{"r1":{"costPerMonth":"5"}}}""", "LIMITS models.r1.costPerMonth must be a number above zero.")]
    [InlineData("""{"models":{"v3":{}}}""", "LIMITS models.v3 is not the name of a model in MODELS.")]
    [InlineData("""{"models":{"r1":{"costPerMonth":5}}}""", "LIMITS models.r1.costPerMonth requires prices of the model r1 in MODELS.")]
    [InlineData("""{"keys":{"*":{"costPerMonth":5}}}""", "LIMITS keys.*.costPerMonth requires prices of the model r1 in MODELS.")]
    public void Read_InvalidLimits_AreNamed(string json, string message)
    {
        var catalog = new ModelCatalog([new Model("r1", [], "")]);

        var exception = Assert.Throws<ConfigurationException>(() => Read(json).Check(catalog));

        Assert.Equal(message, exception.Message);
    }

    [Theory]
    [InlineData("LIMITS_FAILURE", "maybe", "LIMITS_FAILURE must be open or closed.")]
    [InlineData("LEASE_SECONDS", "2", "LEASE_SECONDS must be a whole number of seconds from 3 to 900.")]
    [InlineData("LEASE_SECONDS", "long", "LEASE_SECONDS must be a whole number of seconds from 3 to 900.")]
    public void Read_InvalidSetting_IsNamed(string name, string value, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();

        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => LimitSettings.Read(configuration)).Message);
    }

    private static LimitSet? Of(LimitSettings settings, string? name, string? own = null) =>
        settings.Of(new LimitedCaller(name, name, own));

    private static LimitSettings Read(string limits) =>
        LimitSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new("LIMITS", limits)]).Build());
}
