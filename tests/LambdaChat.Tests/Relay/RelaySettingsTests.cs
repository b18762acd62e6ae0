using LambdaChat.Configuration;
using LambdaChat.Relay;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Relay;

public sealed class RelaySettingsTests
{
    [Fact]
    public void Read_Nothing_GivesTenSecondsEach()
    {
        Assert.Equal(new RelaySettings(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)), Read(null, null));
        Assert.Equal(new RelaySettings(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)), Read("", ""));
    }

    [Fact]
    public void Read_BothVariables_AreSeconds() =>
        Assert.Equal(new RelaySettings(TimeSpan.Zero, TimeSpan.FromMinutes(15)), Read("0", "900"));

    [Theory]
    [InlineData("901")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData(" 1")]
    [InlineData("1s")]
    [InlineData("99999999999")]
    [InlineData("off")]
    public void Read_AnythingElse_NamesTheVariable(string value)
    {
        Assert.Equal("HOLD_SECONDS must be a whole number of seconds from 0 to 900.",
            Assert.Throws<ConfigurationException>(() => Read(value, null)).Message);
        Assert.Equal("HEARTBEAT_SECONDS must be a whole number of seconds from 0 to 900.",
            Assert.Throws<ConfigurationException>(() => Read(null, value)).Message);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData(null, false)]
    public void WholeReplyHeartbeat_IsOffByDefault(string? value, bool expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("WHOLE_REPLY_HEARTBEAT", value)]).Build();

        Assert.Equal(expected, RelaySettings.Read(configuration).WholeReplyHeartbeat);
    }

    private static RelaySettings Read(string? hold, string? heartbeat) =>
        RelaySettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection(
                new Dictionary<string, string?> { ["HOLD_SECONDS"] = hold, ["HEARTBEAT_SECONDS"] = heartbeat }).Build());
}
