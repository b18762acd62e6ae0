using LambdaChat.Configuration;
using LambdaChat.Rehearsal;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Rehearsal;

public sealed class RehearsalExtensionsTests
{
    [Theory]
    [InlineData("on-demand", "128", "", "Once")]
    [InlineData("on-demand", "1768", "", "Once")]
    [InlineData("on-demand", "1769", "", "None")]
    [InlineData("on-demand", "1769", "true", "Once")]
    [InlineData("on-demand", "128", "false", "None")]
    [InlineData("on-demand", null, "", "None")]
    [InlineData("on-demand", "3008", "repeated", "Repeated")]
    [InlineData("snap-start", "128", "repeated", "Repeated")]
    [InlineData(null, "128", null, "Once")]
    [InlineData("snap-start", "3008", null, "Once")]
    [InlineData("provisioned-concurrency", "3008", null, "Once")]
    public void Mode_InitializationTypeMemoryAndSetting_Decide(string? type, string? memory, string? setting, string expected) =>
        Assert.Equal(expected, RehearsalExtensions.ModeOf(Configure(type, memory, setting)).ToString());

    [Fact]
    public void Mode_OtherValue_Throws() => Assert.Equal(
        "REHEARSAL must be true, false or repeated.",
        Assert.Throws<ConfigurationException>(() => RehearsalExtensions.ModeOf(Configure("on-demand", "128", "sometimes"))).Message);

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
