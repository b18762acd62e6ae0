using System.Reflection;
using System.Text;

namespace LambdaChat.FunctionalTests.Servers;

/// <summary>
/// Any model server in, one contract out. The table of <c>src/LambdaChat/README.md</c> is what this run shows: it is written anew with
/// <c>UPDATE_README=true</c>, and compared otherwise.
/// </summary>
public sealed class ServerTableTests(FunctionFixture function)
{
    private const string Begin = "<!-- servers -->\n";
    private const string End = "<!-- /servers -->";

    [Theory]
    [MemberData(nameof(ServerKinds.Names), MemberType = typeof(ServerKinds))]
    public async Task Server_EachOne_GivesTheSameAnswer(string server)
    {
        var row = await ServerRow.GetAsync(function.Client, server);

        Assert.Empty(row.Faults.Values.OfType<string>());
    }

    [Fact]
    public async Task Table_IsWhatTheRunShows()
    {
        var readme = typeof(ServerTableTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Readme").Value!;
        var text = await File.ReadAllTextAsync(readme, TestContext.Current.CancellationToken);
        var start = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        var table = await TableAsync();
        if (Environment.GetEnvironmentVariable("UPDATE_README") == "true")
        {
            await File.WriteAllTextAsync(readme, text[..start] + table + text[end..], TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(text[start..end], table);
    }

    private async Task<string> TableAsync()
    {
        var table = new StringBuilder();
        table.Append("| server | ").AppendJoin(" | ", ServerKinds.Features).Append(" |\n");
        table.Append('|').Append(string.Concat(Enumerable.Repeat("---|", ServerKinds.Features.Count + 1))).Append('\n');
        foreach (var kind in ServerKinds.All)
        {
            var row = await ServerRow.GetAsync(function.Client, kind.Name);
            var cells = ServerKinds.Features.Select(feature => !row.Faults.TryGetValue(feature, out var fault) ? "–" : fault is null ? "✓" : "✗");
            table.Append("| ").Append(kind.Title).Append(" | ").AppendJoin(" | ", cells).Append(" |\n");
        }

        return table.ToString();
    }
}
