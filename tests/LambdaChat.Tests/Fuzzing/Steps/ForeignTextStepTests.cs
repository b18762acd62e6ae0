namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>
/// The steps of each reader of foreign text grow in proportion to the text, to 1 MiB of its worst case. They are counted, so the result
/// does not depend on the machine.
/// </summary>
public sealed class ForeignTextStepTests(ForeignTextStepTests.Counters counters) : IClassFixture<ForeignTextStepTests.Counters>
{
    private const int Small = 128 * 1024;
    private const int Large = 1024 * 1024;
    private const int Growth = 12; // Of eightfold length: buffers grow in steps, and quadratic work would grow 64-fold.
    private const int PerByte = 200; // Steps.

    private static readonly string[] Units = ["a.", "\r\n \n", "\\\"", "{\"error\":", "<think>"];

    public static TheoryData<string> Names { get; } = [.. ForeignTextWork.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_OfAReader_GrowWithTheText(string reader)
    {
        counters.Count(reader, Units[0], 1024); // Runs the steps that happen once.
        foreach (var unit in Units)
        {
            var small = counters.Count(reader, unit, Small);
            var large = counters.Count(reader, unit, Large);

            Assert.True(small > 0, unit);
            Assert.True(large <= (Growth * small) + Small, $"{unit}: {small} steps became {large}.");
            Assert.True(large <= (long)PerByte * Large, $"{unit}: {large} steps.");
        }
    }

    /// <summary>The count does not depend on the machine.</summary>
    [Fact]
    public void Count_OfTheSameText_IsTheSame()
    {
        counters.Count("error", "a.", Small);

        Assert.Equal(counters.Count("error", "a.", Small), counters.Count("error", "a.", Small));
    }

    public sealed class Counters
    {
        public Func<string, string, int, long> Count { get; } = new StepAssemblies().Find<Func<string, string, int, long>>(
            typeof(ForeignTextWork), nameof(ForeignTextWork.Count));
    }
}
