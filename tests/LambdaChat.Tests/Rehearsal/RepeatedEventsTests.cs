using LambdaChat.Rehearsal;

namespace LambdaChat.Tests.Rehearsal;

public sealed class RepeatedEventsTests
{
    private static readonly byte[][] Events = [[1], [2]];

    [Theory]
    [InlineData(1, 1000, 1000)]
    [InlineData(1, 1000, 1003)]
    [InlineData(2, 1000, 1004, 1004)]
    [InlineData(3, 0, 2500, 2900, 2902)]
    public void Events_WhileTheCompilerCompiles_AreRepeated(int repetitions, params int[] compiled)
    {
        var counts = new Queue<int>(compiled);

        var events = RepeatedEvents.UntilCompiled(Events, () => counts.Dequeue(), TimeSpan.Zero).ToArray();

        Assert.Equal(Enumerable.Repeat(Events, repetitions * RepeatedEvents.Rounds).SelectMany(round => round), events);
        Assert.Empty(counts);
    }
}
