using LambdaChat.Configuration;
using LambdaChat.Rehearsal;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Rehearsal;

public sealed class RehearsalExtensionsTests
{
    [Theory]
    [InlineData("on-demand", "128", "", true)]
    [InlineData("on-demand", "1768", "", true)]
    [InlineData("on-demand", "1769", "", false)]
    [InlineData("on-demand", "1769", "true", true)]
    [InlineData("on-demand", "128", "false", false)]
    [InlineData("on-demand", null, "", false)]
    [InlineData(null, "128", null, true)]
    [InlineData("snap-start", "3008", null, true)]
    [InlineData("provisioned-concurrency", "3008", null, true)]
    public void IsOn_InitializationTypeAndMemory_Decide(string? type, string? memory, string? setting, bool expected) =>
        Assert.Equal(expected, RehearsalExtensions.IsOn(Configure(type, memory, setting)));

    [Fact]
    public void IsOn_OtherValue_Throws() =>
        Assert.Throws<ConfigurationException>(() => RehearsalExtensions.IsOn(Configure("on-demand", "128", "sometimes")));

    private static IConfiguration Configure(string? type, string? memory, string? setting) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["AWS_LAMBDA_INITIALIZATION_TYPE"] = type,
                ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = memory,
                ["REHEARSAL"] = setting,
            })
            .Build();
}
