using LambdaChat.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Http;

/// <summary>No other test runs at the same time, because its objects would cause collections.</summary>
[CollectionDefinition(DisableParallelization = true), Collection(typeof(GenerationOneCollectorTests))]
public sealed class GenerationOneCollectorTests
{
    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public async Task GenerationOne_IsCollectedAfterThreeCollectionsOfGenerationZero(int young, int expected)
    {
        var time = new FakeTimeProvider();
        using var collector = new GenerationOneCollector(time);
        await collector.StartAsync(TestContext.Current.CancellationToken);
        GC.Collect(); // All generations, so that none is due during the test.
        time.Advance(TimeSpan.FromMilliseconds(100)); // The collector has seen this collection.
        var before = GC.CollectionCount(1);

        for (var i = 0; i < young; i++)
        {
            GC.Collect(0);
        }

        time.Advance(TimeSpan.FromMilliseconds(100));
        await collector.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, GC.CollectionCount(1) - before);
    }
}
