using LambdaChat.Kestrel;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Kestrel;

/// <summary>
/// The runtime also collects for reasons of its own, for example if the machine is short of memory. The exact numbers are therefore those
/// of counters in the test, and the test of the real heap has a lower bound only.
/// </summary>
public sealed class GenerationOneCollectorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly int[] _counts = [7, 5];
    private int _collections;

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(9, 1)]
    public async Task GenerationOne_IsCollectedAfterThreeCollectionsOfGenerationZero(int young, int expected)
    {
        using var collector = await StartAsync();

        _counts[0] += young;
        Tick();
        Assert.Equal(expected, _collections);

        Tick();
        Assert.Equal(expected, _collections); // The counts start again.
    }

    [Fact]
    public async Task GenerationOne_CollectedByTheRuntime_IsNotCollectedAgain()
    {
        using var collector = await StartAsync();

        _counts[0] += 4;
        _counts[1]++;
        Tick();
        _counts[0] += 2;
        Tick();

        Assert.Equal(0, _collections);
    }

    [Fact]
    public async Task Period_OfTheTimer_Is100Milliseconds()
    {
        using var collector = await StartAsync();

        _counts[0] += 3;
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, _collections);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _collections);
    }

    [Fact]
    public async Task Heap_AfterThreeCollectionsOfGenerationZero_IsCollected()
    {
        using var collector = new GenerationOneCollector(_time);
        await collector.StartAsync(TestContext.Current.CancellationToken);
        GC.Collect(1); // The first period after a collection collects nothing.
        var before = GC.CollectionCount(1);
        Tick(); // The collector has seen all earlier collections. One of another test that it sees here also counts.

        for (var i = 0; i < 3; i++)
        {
            GC.Collect(0);
        }

        Tick();
        await collector.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(GC.CollectionCount(1) > before);
    }

    private async Task<GenerationOneCollector> StartAsync()
    {
        var collector = new GenerationOneCollector(_time, generation => _counts[generation], Collect);
        await collector.StartAsync(TestContext.Current.CancellationToken);
        Tick(); // The collector has seen all earlier collections.
        return collector;
    }

    private void Tick() => _time.Advance(TimeSpan.FromMilliseconds(100));

    private void Collect()
    {
        _collections++;
        _counts[0]++;
        _counts[1]++;
    }
}
