using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.FunctionalTests.DynamoDb;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>The <c>keys</c> command.</summary>
public sealed class KeysCommandTests(FunctionFixture function)
{
    private static readonly Dictionary<string, string> NoTable = [];

    [Fact]
    public async Task Create_WithoutTable_PrintsTheKeyAndItsEntry()
    {
        var (code,
            output) = await KeysTool.RunAsync(NoTable, "create", "alice", "--expires", "2099-01-01",
                "--models=served-name,reasoning-hidden", "--origins", "https://a.example");

        var key = output.Split('\n')[0];
        var entry =
            $"alice={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))};expires=2099-01-01T00:00:00Z;models=served-name|reasoning-hidden;origins=https://a.example";
        Assert.Equal((0, $"{key}\n\nStore the key now: it is not shown again. Only its SHA-256 is kept.\n\nAPI_KEYS entry:\n{entry}"),
            (code, output));
        await using var server = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, new() { ["API_KEYS"] = entry });
        (await server.SendCredentialAsync(key)).AssertAccepted();
    }

    [Theory]
    [InlineData("make is not a command of keys. The commands are create, list, disable, enable, rotate, limit, remove.", "make", "alice")]
    [InlineData("keys create takes a name.", "create")]
    [InlineData("keys create takes a name.", "create", "a", "b")]
    [InlineData("keys list takes no arguments.", "list", "x", "--table", "t")]
    [InlineData("keys limit takes a name and limits.", "limit", "alice", "--table", "t")]
    [InlineData("keys list requires a table. Set TABLE or --table.", "list")]
    [InlineData("keys list has no option --grace.", "list", "--grace", "1d")]
    [InlineData("--table requires a value.", "list", "--table")]
    [InlineData("A name has 1 to 64 characters, without colons, semicolons, commas and equals signs.", "create", "jwt:alice")]
    [InlineData("--expires must be a date like 2027-01-01, or a duration like 90d.", "create", "alice", "--expires", "soon")]
    [InlineData("--models must not be empty.", "create", "alice", "--models", ",")]
    [InlineData(
        "--origins must be a list of origins such as https://chat.example.com, separated by commas.",
        "create", "alice", "--origins", "a.example")]
    [InlineData("--grace must be a duration like 1d, 12h or 30m.", "rotate", "alice", "--grace", "1", "--table", "t")]
    [InlineData("--limits requires a table. Without one, set the limits in LIMITS under the key's name.", "create", "alice", "--limits",
        "{\"streams\":1}")]
    [InlineData("limits must be JSON.", "limit", "alice", "{", "--table", "t")]
    [InlineData("limits has the unknown limit colour.", "limit", "alice", "{\"colour\":1}", "--table", "t")]
    public async Task CommandLine_Invalid_ReturnsOneSentenceAnd2(string sentence, params string[] args) =>
        Assert.Equal((2, $"{sentence} Run keys --help for help."), await KeysTool.RunAsync(NoTable, args));

    [Fact]
    public async Task Help_Requested_IsShown()
    {
        var (code, output) = await KeysTool.RunAsync(NoTable, "--help");

        Assert.Equal(0, code);
        Assert.StartsWith("dotnet run --project src/LambdaChat -- keys …", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_EachCommand_ChangesIt()
    {
        await using var table = await DynamoTable.StartAsync();
        var alice = await KeysTool.MakeAsync(table.Variables, "create", "alice", "--models", "served-name", "--limits",
            """{"streams":2}""");
        await KeysTool.MakeAsync(table.Variables, "create", "bob", "--expires", "2020-01-01");

        Assert.Equal((1, "The key alice already exists. Rotate it, remove it, or use another name."),
            await KeysTool.RunAsync(table.Variables, "create", "alice"));
        Assert.Equal((1, "The key carol does not exist."), await KeysTool.RunAsync(table.Variables, "disable", "carol"));
        Assert.Equal((0, "alice has the limits {\"requestsPerMinute\":5}."),
            await KeysTool.RunAsync(table.Variables, "limit", "alice", """{"requestsPerMinute":5}"""));
        var (_, list) = await KeysTool.RunAsync(table.Variables, "list");

        var lines = list.Split('\n');
        Assert.Matches("""^alice: active, created 20..-..-..T..:..:..Z, models served-name, limits {"requestsPerMinute":5}$""", lines[0]);
        Assert.Matches("^bob: expired, created 20..-..-..T..:..:..Z, expires 2020-01-01T00:00:00Z$", lines[1]);
        var items = await table.ReadAllAsync();
        Assert.All(items, item => Assert.DoesNotContain(alice, item.ToJsonString(), StringComparison.Ordinal));
        Assert.Contains(items,
            item => (string?)item["pk"]!["S"] == $"KEY#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(alice)))}"
                && (string?)item["sk"]!["S"] == "KEY");

        Assert.Equal((0, "bob is removed."), await KeysTool.RunAsync(table.Variables, "remove", "bob"));
        Assert.Single(await table.ReadAllAsync());
    }

    [Fact]
    public async Task Table_ClosingItsConnections_Returns1()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepting = CloseAllAsync(listener);
        var variables = new Dictionary<string, string>
        {
            ["TABLE"] = "keys",
            ["AWS_ENDPOINT_URL_DYNAMODB"] = $"http://{listener.LocalEndpoint}",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_ACCESS_KEY_ID"] = "local",
            ["AWS_SECRET_ACCESS_KEY"] = "local",
        };

        var (code, output) = await KeysTool.RunAsync(variables, "list");

        Assert.Equal(1, code);
        Assert.StartsWith("The table returned an error or could not be reached: ", output, StringComparison.Ordinal);
        listener.Stop();
        await accepting;
    }

    [Fact]
    public async Task Table_Unreachable_Returns1()
    {
        var table = await DynamoTable.StartAsync();
        await table.DisposeAsync();

        var (code, output) = await KeysTool.RunAsync(table.Variables, "list");

        Assert.Equal(1, code);
        Assert.StartsWith("The table returned an error or could not be reached: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_WithoutRegion_NamesTheVariable()
    {
        var variables = new Dictionary<string, string>
        {
            ["TABLE"] = "keys",
            ["AWS_REGION"] = "",
            ["AWS_DEFAULT_REGION"] = "",
            ["AWS_CONFIG_FILE"] = "/dev/null",
            ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };

        var result = await KeysTool.RunAsync(variables, "list");

        Assert.Equal((1, "No region is set. Set AWS_REGION, or the region of the AWS profile."), result);
    }

    private static async Task CloseAllAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptSocketAsync();
                await ((Task)connection.ReceiveAsync(new ArraySegment<byte>(new byte[16 * 1024])))
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // The program may have closed the connection.
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // The end of the test: the listener has stopped during a wait, or before it.
        }
    }
}
