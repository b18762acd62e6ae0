using System.Text.Json.Nodes;
using LambdaChat.Authentication.Cli;
using LambdaChat.Configuration;
using LambdaChat.Tests.ReplyStore;

namespace LambdaChat.Tests.Authentication.Cli;

public sealed class KeyAdministrationTests : IDisposable
{
    private const string Reason =
        "The attribute models of the key bob in TABLE is missing, or has another type or form than the keys command writes.";

    // As Terraform writes a list.
    private const string Keys = """
        {"Items":[
          {"pk":{"S":"KEY#0b"},"sk":{"S":"KEY"},"name":{"S":"bob"},"created":{"N":"0"},"models":{"L":[{"S":"r1"}]} },
          {"pk":{"S":"KEY#0a"},"sk":{"S":"KEY"},"name":{"S":"alice"},"created":{"N":"0"} },
          {"pk":{"S":"KEY#1b"},"sk":{"S":"KEY"},"name":{"S":"bob"},"created":{"N":"0"} }]}
        """;

    private readonly ScriptedTable _table = new() { Respond = operation => operation == "Scan" ? Keys : null };
    private readonly List<string> _printed = [];

    public void Dispose() => _table.Dispose();

    /// <summary>A command that is added to the command line and not here must not remove the key.</summary>
    [Fact]
    public async Task Run_UnknownVerb_IsAnErrorWithoutAQuery()
    {
        var keys = new KeyAdministration(directory: null!, TimeProvider.System, print: _ => { });

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => keys.RunAsync(new KeysCommandLine("show", "alice", Table: null)));
    }

    [Fact]
    public async Task List_AKeyIsUnreadable_ListsTheOthersAndSaysWhy()
    {
        await RunAsync("list", "");

        Assert.Equal(
            ["alice: active, created 1970-01-01T00:00:00Z", "bob: active, created 1970-01-01T00:00:00Z", Reason], _printed);
    }

    [Theory]
    [InlineData("create", "carol", "PutItem")]
    [InlineData("disable", "alice", "PutItem")]
    [InlineData("rotate", "alice", "PutItem", "PutItem")]
    [InlineData("remove", "alice", "DeleteItem")]
    [InlineData("remove", "bob", "DeleteItem", "DeleteItem")]
    public async Task Run_AKeyIsUnreadable_Succeeds(string verb, string name, params string[] changes)
    {
        var operations = new List<string>();
        _table.Respond = operation =>
        {
            operations.Add(operation);
            return operation == "Scan" ? Keys : null;
        };

        await RunAsync(verb, name);

        Assert.Equal(["Scan", .. changes], operations);
        Assert.Single(_printed);
    }

    [Fact]
    public async Task Remove_AnUnreadableKey_DeletesItsItem()
    {
        await RunAsync("remove", "bob");

        Assert.Equal(
            ["KEY#1b", "KEY#0b"], _table.Bodies[1..].Select(body => (string?)JsonNode.Parse(body)!["Key"]!["pk"]!["S"]));
    }

    // Requests with the unreadable one are refused already.
    [Theory]
    [InlineData("disable", 1)]
    [InlineData("limit", 1)]
    [InlineData("rotate", 0)]
    public async Task Run_OneOfTheKeysToChangeIsUnreadable_IsAnError(string verb, int changes)
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync(verb, "bob"));

        Assert.Equal($"{Reason} Correct it, or remove the key.", error.Message);
        Assert.Equal(1 + changes, _table.Calls);
    }

    [Fact]
    public async Task Create_AnUnreadableKeyHasTheName_IsAnError()
    {
        _table.Respond = _ => Keys.Replace("\"N\":\"0\"", "\"S\":\"x\"", StringComparison.Ordinal);

        await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync("create", "alice"));

        Assert.Equal(1, _table.Calls);
    }

    private async Task RunAsync(string verb, string name)
    {
        using var table = _table.CreateTable();
        var keys = new KeyAdministration(new KeyDirectory(table), TimeProvider.System, _printed.Add);
        await keys.RunAsync(new KeysCommandLine(verb, name, Table: null));
    }
}
