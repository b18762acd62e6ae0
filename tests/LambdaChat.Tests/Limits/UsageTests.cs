using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Tests.Limits;

public sealed class UsageTests
{
    [Fact]
    public void Of_Prices_ArePerMillionTokens() => Assert.Equal(
        new Usage(1, 30, 0.00005m),
        Usage.Of(new Model("r1", [], "") { Prices = new ModelPrices(Input: 1, Output: 2) }, prompt: 10, completion: 20));

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000_000_000)]
    public void Sum_OfHugeNumbers_Saturates(long price)
    {
        var model = new Model("r1", [], "") { Prices = new ModelPrices(price, price) };
        var usage = Usage.Of(model, long.MaxValue, long.MaxValue);

        var sum = Enumerable.Repeat(usage, 100).Aggregate((left, right) => left + right);

        Assert.Equal(long.MaxValue, sum.Tokens);
        Assert.True(sum.Cost > 0);
        Assert.True((Usage.Nothing - sum - sum).Tokens < 0);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(100, 200, true)]
    [InlineData(101, 200, false)]
    [InlineData(100, 201, false)]
    [InlineData(-1, 0, false)]
    [InlineData(0, -1, false)]
    public void Allows_ReportedUsage_OnlyWithinBounds(long prompt, long completion, bool expected) =>
        Assert.Equal(expected, new TokenEstimate(10, 20) { MaximumPrompt = 100, MaximumCompletion = 200 }.Allows(prompt, completion));
}
