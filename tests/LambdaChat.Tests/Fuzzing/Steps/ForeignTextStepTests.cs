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

        Assert.Empty(ConstantCalls.FindOthers(counters.FindNotCounted()));
    }

    /// <summary>The worst requests that are found, with many small parts.</summary>
    [Theory]
    [MemberData(nameof(TranslationRequests.All), MemberType = typeof(TranslationRequests))]
    public void Steps_OfATranslation_GrowWithTheRequest(string api, string repeated, string body)
    {
        counters.Translate(api, repeated, body, 1024);
        var small = counters.Translate(api, repeated, body, Small / 2);
        var large = counters.Translate(api, repeated, body, Large / 2);

        Assert.True(large <= (Growth * small) + Small, $"{small} steps became {large}.");
        Assert.True(large <= (long)PerByte * Large, $"{large} steps.");
        Assert.Empty(ConstantCalls.FindOthers(counters.FindNotCounted()));
    }

    /// <summary>What a large turn needed is not cleared again for each of the turns after it.</summary>
    [Theory]
    [InlineData(TranslationRequests.AgUi)]
    [InlineData(TranslationRequests.UiMessages)]
    [InlineData(TranslationRequests.Responses)]
    [InlineData(TranslationRequests.Messages)]
    public void Steps_AfterALargeTurn_GrowWithTheRequest(string api)
    {
        counters.TranslateLargeTurn(api, 10);
        var small = counters.TranslateLargeTurn(api, 500);
        var large = counters.TranslateLargeTurn(api, 4000);

        Assert.True(large <= Growth * small, $"{small} steps became {large}.");
    }

    /// <summary>
    /// Each call of a library is counted, or its work does not grow with its input. A reader that begins to use another one fails here.
    /// </summary>
    [Fact]
    public void Calls_OfLibraries_AreCountedOrConstant()
    {
        foreach (var (reader, unit) in ForeignTextWork.Names.SelectMany(reader => Units.Select(unit => (reader, unit))))
        {
            counters.Count(reader, unit, 4096);
        }

        foreach (var row in TranslationRequests.All)
        {
            counters.Translate(row.Data.Item1, row.Data.Item2, row.Data.Item3, 4096);
        }

        var called = counters.FindNotCounted().ToList();
        Assert.Empty(ConstantCalls.FindOthers(called));
        Assert.Empty(ConstantCalls.FindUnused(called));
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
        private readonly StepAssemblies _assemblies = new();

        public Counters()
        {
            Count = _assemblies.Find<Func<string, string, int, long>>(typeof(ForeignTextWork), nameof(ForeignTextWork.Count));
            Translate = _assemblies.Find<Func<string, string, string, int, long>>(
                typeof(TranslationRequests), nameof(TranslationRequests.Count));
            TranslateLargeTurn = _assemblies.Find<Func<string, int, long>>(
                typeof(TranslationRequests), nameof(TranslationRequests.CountAfterALargeTurn));
        }

        public Func<string, string, int, long> Count { get; }

        public Func<string, string, string, int, long> Translate { get; }

        public Func<string, int, long> TranslateLargeTurn { get; }

        public IEnumerable<string> FindNotCounted() => _assemblies.FindNotCounted();
    }
}
