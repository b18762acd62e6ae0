using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Faults;

namespace LambdaChat.FunctionalTests.Continuations;

/// <summary>
/// An endpoint that fails at every event of a reply, in every way and through every API: the reply equals the undisturbed one.
/// </summary>
public sealed class DeathTests(FunctionFixture function)
{
    private const int Events = 32; // The role, 28 tokens, the finish reason, the usage and [DONE].

    private static readonly ConcurrentDictionary<string, Lazy<Task<ContinuedReply>>> Undisturbed = new();

    public static TheoryData<string, string> Faults { get; } =
        new(from kind in FaultKinds.All
            where kind.Moments.Count > 1 && kind.Name is not "container_error"
            from api in ContinuedApi.Names
            select (kind.Title, api));

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Death_AtEveryEvent_IsNotSeen(string title, string api)
    {
        var kind = FaultKinds.Find(title);
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);

        var cells = from after in Enumerable.Range(0, Events)
                    from isMidEvent in (bool[])[false, true]
                    from isStreamed in (bool[])[true, false]
                    where (!isMidEvent && isStreamed) || after % 4 == 1
                    where isStreamed || ContinuedApi.WholeChats.Contains(api)
                    from transport in kind.IsOfEventStream || api != "chat" || !isStreamed ? (string[])[""] : ["", "-openai"]
                    from mode in api != "chat" || !isStreamed || transport != "" || kind.Name == "stall" ? (string[])[""] : ["", "-prefix"]
                    select (after, isMidEvent, isStreamed, transport: transport + mode);
        var faults = await Task.WhenAll(cells.Select(async cell =>
        {
            var model = (kind.Name == "stall" ? "continued-idle-3s" : "continued") + cell.transport;
            var standIn = StandIn();
            standIn["server"] = cell.transport.EndsWith("-prefix", StringComparison.Ordinal) ? "deepseek" : null;
            standIn["fault"] = new JsonObject
            {
                ["kind"] = kind.Name,
                ["after"] = cell.after,
                ["mid_event"] = cell.isMidEvent,
                ["times"] = 1,
                ["id"] = $"{Guid.NewGuid()}",
            };
            var expected = await ExpectedAsync(client, api, cell.isStreamed);
            var actual = await ContinuedApi.CallAsync(client, api, model, cell.isStreamed, standIn);
            actual = actual with { Usage = expected.Usage, Shape = actual.Shape.Replace(model, "continued", StringComparison.Ordinal) };
            return actual == expected ? null : $"{cell}: {actual}";
        }));

        var found = faults.OfType<string>().ToList();
        Assert.True(found.Count == 0, $"{found.Count}: {await ExpectedAsync(client, api, isStreamed: true)}\n" + string.Join('\n', found));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("completions")]
    [InlineData("messages")]
    [InlineData("responses")]
    [InlineData("api/chat")]
    [InlineData("ag-ui")]
    public async Task Death_OfAllTargets_BeforeTheFirstEvent_IsReported(string api)
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        var standIn = StandIn();
        standIn["fault"] = new JsonObject { ["kind"] = "corrupt_frame", ["after"] = 0 };

        var actual = await ContinuedApi.CallAsync(client, api, "continued", isStreamed: true, standIn);

        Assert.Equal(("", "", UpstreamError.Corrupt.Message), (actual.Thinking, actual.Text, actual.Error));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("responses")]
    public async Task Usage_OfAContinuedReply_IsThatOfOneReply(string api)
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        foreach (var (after, isStreamed) in new[] { (4, true), (4, false), (15, true), (15, false) })
        {
            var standIn = StandIn();
            standIn["fault"] = new JsonObject { ["kind"] = "reset", ["after"] = after, ["times"] = 1, ["id"] = $"{Guid.NewGuid()}" };

            var actual = await ContinuedApi.CallAsync(client, api, "continued", isStreamed, standIn);

            Assert.Equal((await ExpectedAsync(client, api, isStreamed)).Usage, actual.Usage);
            Assert.NotNull(actual.Usage);
        }
    }

    private static Task<ContinuedReply> ExpectedAsync(HttpClient client, string api, bool isStreamed) =>
        Undisturbed.GetOrAdd($"{api} {isStreamed}", _ => new(() =>
            ContinuedApi.CallAsync(client, api, "continued", isStreamed, StandIn()))).Value;

    // Blank lines, an indentation, a tag, quotes, Chinese and an emoji.
    private static JsonObject StandIn() => new()
    {
        ["reasoning"] = "Let me see.\n\nIt is 9.8 🤔",
        ["content"] = "**9.8** is \"greater\".\n\n```\nif a <b>:\n    x\n```\n比较大 ✅ now.",
    };
}
