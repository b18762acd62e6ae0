using LambdaChat.FunctionalTests.Docs;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>Independent clients of the Responses and the Messages API get what the model wrote. The results form a table.</summary>
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

    [Fact]
    public async Task Table_MatchesTheResults()
    {
        var table = new GeneratedTable("clients.md", "api clients", ["API", "client", .. ClientCase.Titles]);
        foreach (var kind in ClientKind.All)
        {
            var faults = await fixture.Rows.GetAsync(kind);
            table.Add(kind.Api.ToString(), [kind.Title, .. ClientCase.Row(faults)]);
        }

        await table.AssertIsInDocumentAsync(TestContext.Current.CancellationToken);
    }
}
