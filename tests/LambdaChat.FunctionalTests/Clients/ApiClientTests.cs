using LambdaChat.FunctionalTests.Docs;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>Independent clients of the translated APIs receive the reply of the model. The results form a table.</summary>
public sealed class ApiClientTests(ApiClientFixture fixture) : IClassFixture<ApiClientFixture>
{
    public static TheoryData<string> Clients => [.. ClientKind.All.Select(static kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Client_EveryCase_ShowsTheReply(string client)
    {
        var faults = await fixture.Rows.GetAsync(ClientKind.Find(client));

        var found = string.Join('\n', faults.Values.OfType<string>());
        Assert.True(found == "", found);
    }

    /// <summary>A heartbeat is a comment: no client may take it for an event.</summary>
    [Fact]
    public async Task Page_InSilence_ShowsTheReply() =>
        Assert.Empty(await fixture.Rows.FindSilenceFaultsAsync([.. ClientKind.All.Where(static kind => kind.IsOfPages)]));

    [Fact]
    public async Task Table_MatchesTheResults()
    {
        var table = new GeneratedTable("clients.md", "api clients", ["API", "client", .. ClientCase.Titles]);
        foreach (var kind in ClientKind.All)
        {
            var faults = await fixture.Rows.GetAsync(kind);
            table.Add(kind.ApiTitle, [kind.Title, .. ClientCase.Row(faults)]);
        }

        await table.AssertIsInDocumentAsync(TestContext.Current.CancellationToken);
    }
}
