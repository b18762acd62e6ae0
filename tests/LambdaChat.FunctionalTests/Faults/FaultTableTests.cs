using LambdaChat.FunctionalTests.Docs;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>Every fault at every moment. The results form a table.</summary>
public sealed class FaultTableTests(FaultLambda lambda) : IClassFixture<FaultLambda>
{
    [Theory]
    [MemberData(nameof(FaultKinds.Titles), MemberType = typeof(FaultKinds))]
    public async Task Fault_AtEveryMoment_IsReported(string fault)
    {
        var row = await lambda.GetRowAsync(FaultKinds.Find(fault));

        var faults = row.Faults.Values.SelectMany(faults => faults).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Table_MatchesTheResults()
    {
        var table = new GeneratedTable("operations.md", "faults", ["fault", .. FaultMoment.All.Select(moment => moment.Title)]);
        foreach (var kind in FaultKinds.All)
        {
            var row = await lambda.GetRowAsync(kind);
            table.Add(
                kind.Title,
                FaultMoment.All.Select(
                    moment =>
                        !row.Faults.TryGetValue(moment, out var faults) ? "–" : faults.Count == 0
                            ? FaultCell.Describe(kind, moment)
                            : "✗"));
        }

        await table.AssertIsInDocumentAsync(TestContext.Current.CancellationToken);
    }
}
