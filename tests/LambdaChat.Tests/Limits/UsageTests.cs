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
}
