using LambdaChat.Configuration;
using LambdaChat.Hosting;
using LambdaChat.ReplyStore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LambdaChat.Tests.ReplyStore;

public sealed class ReplyStoreSettingsTests
{
    private static readonly LambdaEnvironment Lambda = new("localhost:1", IsSamLocal: false, MaxConcurrency: 1);

    [Fact]
    public void Store_ByDefault_IsOff() => Assert.Empty(Add([]));

    [Theory]
    [InlineData("STORE", "disk")]
    [InlineData("REPLY_SECONDS", "59")]
    [InlineData("REPLY_SECONDS", "2592001")]
    [InlineData("REPLY_LEASE_SECONDS", "2")]
    [InlineData("REPLY_LEASE_SECONDS", "901")]
    public void Setting_ThatIsWrong_IsRefused(string name, string value) =>
        Assert.StartsWith(name, Assert.Throws<ConfigurationException>(() => Add([(name, value)])).Message, StringComparison.Ordinal);

    [Fact]
    public void Memory_OnLambda_IsRefused() =>
        Assert.StartsWith("STORE", Assert.Throws<ConfigurationException>(() => Add([("STORE", "memory")], Lambda)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Table_WithoutItsName_IsRefused() =>
        Assert.StartsWith("STORE", Assert.Throws<ConfigurationException>(() => Add([("STORE", "table")], Lambda)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Table_WithItsName_IsAllowed() => Assert.NotEmpty(Add([("STORE", "table"), ("TABLE", "t")], Lambda));

    [Fact]
    public void Memory_InTheEmulator_IsAllowed() => Assert.NotEmpty(Add([("STORE", "memory")], Lambda with { IsEmulated = true }));

    [Fact]
    public void Retention_IsReplySeconds() =>
        Assert.Equal(TimeSpan.FromMinutes(1), Read([("STORE", "memory"), ("REPLY_SECONDS", "60")]).Retention);

    /// <summary>The leases of the limits have another default, and a longer one must not delay the readers of a lost reply.</summary>
    [Fact]
    public void Lease_IsReplyLeaseSeconds_AndNotThatOfTheLimits()
    {
        Assert.Equal(TimeSpan.FromSeconds(20), Read([("STORE", "memory"), ("LEASE_SECONDS", "900")]).Lease);
        Assert.Equal(TimeSpan.FromSeconds(5), Read([("STORE", "memory"), ("REPLY_LEASE_SECONDS", "5")]).Lease);
    }

    [Fact]
    public void LongestRun_OutsideLambda_IsADay()
    {
        (string, string)[] table = [("STORE", "table"), ("TABLE", "t")];

        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromDays(1)), (Read(table, Lambda).LongestRun, Read(table).LongestRun));
    }

    private static ReplyStoreSettings Read((string Name, string Value)[] settings, LambdaEnvironment? lambda = null) =>
        Add(settings, lambda).Select(service => service.ImplementationInstance).OfType<ReplyStoreSettings>().Single();

    private static ServiceCollection Add((string Name, string Value)[] settings, LambdaEnvironment? lambda = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value)).Build();
        var services = new ServiceCollection();
        services.AddReplyStore(configuration, lambda);
        return services;
    }
}
