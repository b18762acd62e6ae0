using System.Security.Cryptography;
using System.Text;
using LambdaChat.FunctionalTests.DynamoDb;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Keys are made and kept at a terminal.</summary>
public sealed class KeysCommandTests(FunctionFixture function)
{
    private static readonly Dictionary<string, string> NoTable = [];

    [Fact]
    public async Task Create_WithoutTable_PrintsTheKeyAndItsEntry()
    {
        var (code, output) = await KeysTool.RunAsync(NoTable, "create", "alice", "--expires", "2099-01-01", "--models=served,hidden", "--origins", "https://a.example");

        var key = output.Split('\n')[0];
        var entry = $"alice={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))};expires=2099-01-01T00:00:00Z;models=served|hidden;origins=https://a.example";
        Assert.Equal((0, $"{key}\n\nThis is the key, shown this once; its SHA-256 is all that is kept.\n\nAPI_KEYS entry:\n{entry}"), (code, output));
        await using var door = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, new() { ["API_KEYS"] = entry });
        (await door.ShowAsync(key)).AssertEntered();
    }

    [Theory]
    [InlineData("keys knows create, list, disable, enable, rotate, limit, remove, and not make.", "make", "alice")]
    [InlineData("keys create needs a name, and nothing more.", "create")]
    [InlineData("keys create needs a name, and nothing more.", "create", "a", "b")]
    [InlineData("keys list takes nothing more.", "list", "x", "--table", "t")]
    [InlineData("keys limit needs a name and limits, and nothing more.", "limit", "alice", "--table", "t")]
    [InlineData("keys list needs a table: set TABLE or --table.", "list")]
    [InlineData("keys list has no option --grace.", "list", "--grace", "1d")]
    [InlineData("--table needs a value.", "list", "--table")]
    [InlineData("A name has 1 to 64 characters, without colons, semicolons, commas and equals signs.", "create", "jwt:alice")]
    [InlineData("--expires must be a date like 2027-01-01, or a time from now like 90d.", "create", "alice", "--expires", "soon")]
    [InlineData("--models names none.", "create", "alice", "--models", ",")]
    [InlineData("--origins must be like https://chat.example.com, separated by commas.", "create", "alice", "--origins", "a.example")]
    [InlineData("--grace must be a time like 1d, 12h or 30m.", "rotate", "alice", "--grace", "1", "--table", "t")]
    [InlineData("Limits need a table, or stand in LIMITS under the key's name.", "create", "alice", "--limits", "{\"streams\":1}")]
    [InlineData("limits must be JSON.", "limit", "alice", "{", "--table", "t")]
    [InlineData("limits has the unknown limit colour.", "limit", "alice", "{\"colour\":1}", "--table", "t")]
    public async Task CommandLine_Wrong_IsOneSentenceAnd2(string sentence, params string[] args) =>
        Assert.Equal((2, $"{sentence} keys --help says how."), await KeysTool.RunAsync(NoTable, args));

    [Fact]
    public async Task Help_IsShown()
    {
        var (code, output) = await KeysTool.RunAsync(NoTable, "--help");

        Assert.Equal(0, code);
        Assert.StartsWith("dotnet run --project src/LambdaChat -- keys …", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_OfKeys_IsKept()
    {
        await using var table = await DynamoTable.StartAsync();
        var alice = await KeysTool.MakeAsync(table.Variables, "create", "alice", "--models", "served-name", "--limits", """{"streams":2}""");
        await KeysTool.MakeAsync(table.Variables, "create", "bob", "--expires", "2020-01-01");

        Assert.Equal((1, "There is a key alice already: rotate it, remove it, or take another name."), await KeysTool.RunAsync(table.Variables, "create", "alice"));
        Assert.Equal((1, "There is no key carol."), await KeysTool.RunAsync(table.Variables, "disable", "carol"));
        Assert.Equal((0, "alice has the limits {\"requestsPerMinute\":5}."), await KeysTool.RunAsync(table.Variables, "limit", "alice", """{"requestsPerMinute":5}"""));
        var (_, list) = await KeysTool.RunAsync(table.Variables, "list");

        var lines = list.Split('\n');
        Assert.Matches("""^alice: active, made 20..-..-..T..:..:..Z, models served, limits {"requestsPerMinute":5}$""", lines[0]);
        Assert.Matches("^bob: expired, made 20..-..-..T..:..:..Z, until 2020-01-01T00:00:00Z$", lines[1]);
        var items = await table.ReadAllAsync();
        Assert.All(items, item => Assert.DoesNotContain(alice, item.ToJsonString(), StringComparison.Ordinal));
        Assert.Contains(items, item => (string?)item["pk"]!["S"] == $"KEY#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(alice)))}" && (string?)item["sk"]!["S"] == "KEY");

        Assert.Equal((0, "bob is removed."), await KeysTool.RunAsync(table.Variables, "remove", "bob"));
        Assert.Single(await table.ReadAllAsync());
    }

    [Fact]
    public async Task Table_Unreachable_Is1()
    {
        var table = await DynamoTable.StartAsync();
        await table.DisposeAsync();

        var (code, output) = await KeysTool.RunAsync(table.Variables, "list");

        Assert.Equal(1, code);
        Assert.StartsWith("The table could not be asked: ", output, StringComparison.Ordinal);
    }
}
