namespace LambdaChat.Tests.Architecture;

/// <summary>The references between the folders of the function: those of the list and no others, and no circle at any level.</summary>
public sealed class ArchitectureTests
{
    // A folder and what it may use. src/docs/architecture.md shows the same picture.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Configuration"] = [],
        ["Json"] = [],
        ["Hosting"] = [],
        ["Http"] = ["Configuration", "Hosting"],
        ["Kestrel"] = ["Configuration"],
        ["Failures"] = ["Http"],
        ["Lambda"] = ["Configuration", "Hosting"],
        ["Aws"] = ["Configuration", "Hosting"],
        ["Models"] = ["Configuration", "Json"],
        ["Upstream"] = ["Aws", "Models", "Failures", "Hosting", "Configuration", "Json"],
        ["Relay"] = ["Upstream", "Models", "Failures", "Json", "Configuration"],
        ["ReplyStore"] = ["Aws", "Configuration", "Hosting"],
        ["Telemetry"] = ["Configuration", "Failures", "Hosting"],
        ["Limits"] = ["Aws", "Models", "Http", "Failures", "Json", "Configuration"],
        ["Authentication"] = ["Aws", "Http", "Configuration", "Json", "Hosting"],
        ["Api"] =
            ["Relay", "ReplyStore", "Upstream", "Limits", "Authentication", "Models", "Http", "Failures", "Telemetry", "Json",
                "Configuration", "Hosting"],
        ["Page"] = ["Configuration", "Http"],
        ["Rehearsal"] = ["Lambda", "Upstream", "Aws", "Telemetry", "Configuration", "Hosting"],
    };

    private static readonly NamespaceGraph Graph = new(typeof(Function).Assembly, "LambdaChat");

    [Fact]
    public void Namespaces_OfTheFunction_HaveNoCircle() => Assert.Empty(Graph.FindCircle());

    [Fact]
    public void Folders_OfTheFunction_UseOnlyWhatTheyMay()
    {
        var wrong = Graph.References
            .Select(reference => (From: FolderOf(reference.From), To: FolderOf(reference.To), reference.Example))
            .Where(reference => reference.From != "" && reference.From != reference.To)
            .Where(reference => !Allowed.TryGetValue(reference.From, out var allowed) || !allowed.Contains(reference.To))
            .Select(reference => $"{reference.From} uses {reference.To}: {reference.Example}");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Api_OfAuthentication_UsesTheCallerOnly() => Assert.All(
        Graph.References.Where(reference => FolderOf(reference.From) == "Api" && FolderOf(reference.To) == "Authentication"),
        reference => Assert.Equal("LambdaChat.Authentication.Callers", reference.To));

    [Fact]
    public void Folders_OfTheList_Exist() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Graph.References
            .SelectMany(reference => new[] { FolderOf(reference.From), FolderOf(reference.To) })
            .Where(folder => folder != "").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void FindCircle_OfATypeThatUsesItsUser_IsFound() =>
        Assert.NotEmpty(new NamespaceGraph(typeof(ArchitectureTests).Assembly, "LambdaChat.Tests.Architecture.Circle").FindCircle());

    // The root composes the others: it may use all of them.
    private static string FolderOf(string name) => name.Split('.').ElementAtOrDefault(1) ?? "";
}
