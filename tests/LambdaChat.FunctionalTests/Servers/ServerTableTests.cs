using LambdaChat.FunctionalTests.Docs;

namespace LambdaChat.FunctionalTests.Servers;

/// <summary>Every model server leads to the same reply. The results form a table.</summary>
public sealed class ServerTableTests(FunctionFixture function)
{
    [Theory]
    [MemberData(nameof(ServerKinds.Names), MemberType = typeof(ServerKinds))]
    public async Task Server_AnyFormat_LeadsToTheSameReply(string server)
    {
        var row = await ServerRow.GetAsync(function.Client, server);

        Assert.Empty(row.Faults.Values.OfType<string>());
    }

    [Fact]
    public async Task Table_MatchesTheResults()
    {
        var table = new GeneratedTable("models-and-servers.md", "servers", ["server", .. ServerKinds.Features]);
        foreach (var kind in ServerKinds.All)
        {
            var row = await ServerRow.GetAsync(function.Client, kind.Name);
            table.Add(
                kind.Title,
                ServerKinds.Features.Select(feature => !row.Faults.TryGetValue(feature, out var fault) ? "–" : fault is null ? "✓" : "✗"));
        }

        await table.AssertIsInDocumentAsync(TestContext.Current.CancellationToken);
    }
}
