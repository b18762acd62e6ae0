using LambdaChat.Configuration;
using LambdaChat.Kestrel;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Kestrel;

public sealed class KestrelLimitsTests
{
    private const long Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData(16, 50)]
    [InlineData(512, 500)]
    [InlineData(1024, 1000)]
    [InlineData(64 * 1024, 10_000)]
    public void Read_NothingSet_ConnectionsFollowFromTheMemory(int mebibytes, int connections) =>
        Assert.Equal(
            new KestrelLimits(connections, 16_384, 64, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(130)),
            KestrelLimits.Read(new ConfigurationBuilder().Build(), mebibytes * Mebibyte));

    [Fact]
    public void Read_EverySetting_IsUsed()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("MAX_CONNECTIONS", "7"), new("MAX_HEADER_BYTES", "8192"), new("MAX_HEADERS", "32"), new("HEADERS_SECONDS", "5"),
            new("KEEP_ALIVE_SECONDS", "60"),
        ]).Build();

        Assert.Equal(
            new KestrelLimits(7, 8192, 32, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)), KestrelLimits.Read(configuration, Mebibyte));
    }

    [Theory]
    [InlineData("MAX_CONNECTIONS", "0", "MAX_CONNECTIONS must be a whole number from 1 to 1000000.")]
    [InlineData("MAX_HEADER_BYTES", "many", "MAX_HEADER_BYTES must be a whole number from 1024 to 1048576.")]
    [InlineData("HEADERS_SECONDS", "0", "HEADERS_SECONDS must be a whole number of seconds from 1 to 900.")]
    public void Read_Invalid_NamesTheSetting(string name, string value, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();

        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => KestrelLimits.Read(configuration, Mebibyte)).Message);
    }
}
