using System.Text.Json;
using System.Text.RegularExpressions;
using LambdaChat.Authentication.Cli;
using LambdaChat.Configuration;
using LambdaChat.Kestrel;
using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Docs;

/// <summary>The code blocks of the documentation: the settings readers accept the JSON, and commands refer only to existing code.</summary>
public sealed partial class CodeBlockTests
{
    private static readonly string[] Kinds =
        ["", "sh", "text", "json", "json models", "json limits", "json settings", "js", "jsx", "csharp", "python", "html", "http", "yaml", "mermaid"];

    private static readonly string[] Programs =
        ["claude", "dotnet", "curl", "sam", "cp", "aws", "git", "apt-get", "npx", "yarn", "unzip", "cp", "rm", "cd", "export", "openssl",
            ".ci/run"];

    private static readonly string[] Args =
    [
        "--MODELS=[{\"name\":\"r1\",\"endpoint\":\"demo\",\"region\":\"us-east-1\"}]",
        "--API_KEYS=a=ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ];

    [Theory]
    [MemberData(nameof(Document.Paths), MemberType = typeof(Document))]
    public void Blocks_HaveAKnownKind(string path) =>
        Assert.Empty(Document.Find(path).Blocks.Select(block => block.Kind).Except(Kinds));

    // Blocks under another kind would not be read.
    [Theory]
    [InlineData("json models")]
    [InlineData("json limits")]
    [InlineData("json settings")]
    public void Kinds_WithAReader_AreInUse(string kind) =>
        Assert.Contains(kind, Document.All.SelectMany(document => document.Blocks).Select(block => block.Kind));

    [Theory]
    [MemberData(nameof(Document.Paths), MemberType = typeof(Document))]
    public void Json_IsAcceptedByItsReader(string path)
    {
        foreach (var block in Document.Find(path).Blocks.Where(block => block.Kind.StartsWith("json", StringComparison.Ordinal)))
        {
            JsonDocument.Parse(block.Text).Dispose();
            if (block.Kind == "json models")
            {
                Assert.NotEmpty(ModelCatalogReader.Read(Configuration("MODELS", block.Text)).Models);
            }
            else if (block.Kind == "json limits")
            {
                LimitSettings.Read(Configuration("LIMITS", block.Text));
            }
            else if (block.Kind == "json settings")
            {
                StartWith(block.Text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Document.Paths), MemberType = typeof(Document))]
    public void Commands_NameWhatExists(string path)
    {
        foreach (var command in CommandsOf(Document.Find(path)))
        {
            var projects = Project().Matches(command).Select(match => match.Groups[1].Value);
            var filters = Filter().Matches(command).Select(match => match.Groups[1].Value);

            Assert.True(Programs.Contains(command.Split(' ')[0]), $"unknown program in {command}");
            Assert.All(projects, project => Assert.True(Directory.Exists(Path.Combine(Document.Root, project)), command));
            Assert.All(filters, filter => Assert.True(IsInTests(filter), command));
        }
    }

    [Fact]
    public void KeysCommands_AreAccepted()
    {
        var lines = Document.All.SelectMany(CommandsOf).Select(command => command.Split(" -- keys "))
            .Where(parts => parts.Length == 2).Select(parts => parts[1]).ToList();

        Assert.Contains(lines, line => line.StartsWith("create", StringComparison.Ordinal));
        Assert.All(lines, line => KeysCommandLine.Parse([.. Words(line), "--table", "chat"], CheckLimits));
    }

    private static void StartWith(string settings)
    {
        var folder = Directory.CreateTempSubdirectory("lambdachat-settings-");
        File.WriteAllText(Path.Combine(folder.FullName, "appsettings.json"), settings);
        using var app = Function.Create(
            builder => builder.Configuration.AddSettings(Args, folder.FullName),
            builder => builder.AddKestrelServer());
        folder.Delete(recursive: true);
    }

    private static void CheckLimits(string json) => LimitSet.Parse(json, "limits");

    private static IEnumerable<string> CommandsOf(Document document) =>
        document.Blocks.Where(block => block.Kind == "sh").SelectMany(block => Commands(block.Text));

    // One command for each line and each part of a chain, without its variables and its comment.
    private static IEnumerable<string> Commands(string block)
    {
        foreach (var line in block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var command in Comment().Replace(line, "").Split("&&", StringSplitOptions.TrimEntries))
            {
                if (Assignments().Replace(command, "") is { Length: > 0 } text)
                {
                    yield return text;
                }
            }
        }
    }

    private static IEnumerable<string> Words(string line) => Word().Matches(line).Select(match => match.Value.Trim('\''));

    private static bool IsInTests(string name)
    {
        var (project, rest) = name.Split('.') is [var first, var second, .. var others] ? ($"{first}.{second}", others) : (name, []);
        var path = Path.Combine([Document.Root, "tests", project, .. rest]);
        return Directory.Exists(path) || File.Exists(path + ".cs");
    }

    private static IConfiguration Configuration(string name, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new(name, value), new("AWS_REGION", "us-east-1")]).Build();

    [GeneratedRegex(@"--project (\S+)|publish (src/\S+)")]
    private static partial Regex Project();

    [GeneratedRegex(@"--filter-(?:class|namespace) '?([\w.]+)")]
    private static partial Regex Filter();

    [GeneratedRegex(@"\s+#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex("""^(?:\w+=(?:"[^"]*"|\S*)(?:\s+|$))+""")]
    private static partial Regex Assignments();

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();
}
