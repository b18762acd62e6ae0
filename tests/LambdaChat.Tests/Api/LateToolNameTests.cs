using System.Text.Json.Nodes;
using LambdaChat.Tests.Api.Frontends;
using LambdaChat.Tests.Api.Messages;
using LambdaChat.Tests.Api.Responses;
using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api;

/// <summary>
/// A tool call that a model server names after its id, in every API. Most clients read the name only in the piece that begins the call.
/// </summary>
public sealed class LateToolNameTests
{
    private const string Named = "c1:f:{\"a\":1}";
    private const string Unnamed = "c1::{\"a\":1}";

    private static readonly string[] Parts =
        ["\"id\":\"c1\",\"type\":\"function\"", "\"name\":\"f\"", "{\\\"a\\\":", "1}"];

    /// <summary>The order of the parts of the call, and the cuts between them: a bit each.</summary>
    public static TheoryData<string, int> Divisions { get; } = [.. ((string[])["0123", "0213", "0231"]).SelectMany(
        order => Enumerable.Range(0, 8).Select(cuts => new TheoryDataRow<string, int>(order, cuts)))];

    [Theory]
    [MemberData(nameof(Divisions))]
    public async Task Call_InAnyOrderAndDivision_IsTheSame(string order, int cuts) =>
        await AssertCallsAsync([Named], [.. Divide(order, cuts), Stop]);

    [Theory]
    [MemberData(nameof(Divisions))]
    public async Task Call_AroundAnother_IsComplete(string order, int cuts)
    {
        var deltas = Divide(order, cuts).ToList();
        deltas.Insert(1, Call(1, "c2", "g", "{}"));

        await AssertCallsAsync(cuts == 7 || !deltas[0].Contains("name", StringComparison.Ordinal) ? ["c2:g:{}", Named] : [Named, "c2:g:{}"],
            [.. deltas, Stop]);
    }

    [Fact]
    public async Task Call_NamedInTheChunkThatEndsTheReply_IsNamed() => await AssertCallsAsync(
        [Named],
        [.. Divide("023", 0), Delta(["\"function\":{\"name\":\"f\"}"])[..^3] + ",\"finish_reason\":\"tool_calls\"}]}"]);

    [Theory]
    [InlineData("""{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}""")]
    [InlineData("""{"choices":[{"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[]},"finish_reason":"stop"}]}""")]
    public async Task Call_WithoutAName_IsKept(string finish) => await AssertCallsAsync([Unnamed], [.. Divide("023", 0), finish]);

    private static async Task AssertCallsAsync(string[] expected, string[] records)
    {
        var chunks = Normalized(records);
        var pieces = chunks.SelectMany(chunk => JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.Equal(
            expected,
            pieces.GroupBy(piece => (int)piece!["index"]!).Select(call =>
                $"{call.First()!["id"]}:{call.First()!["function"]!["name"]}:{string.Concat(call.Select(piece => piece!["function"]!["arguments"]))}"));

        var (response, _) = await ResponseReply.ReadAsync(chunks);
        Assert.Equal(expected, response["output"]!.AsArray().Select(item => $"{item!["call_id"]}:{item["name"]}:{item["arguments"]}"));
        var (message, _) = await MessageReply.ReadAsync(chunks);
        Assert.Equal(
            expected, message["content"]!.AsArray().Select(block => $"{block!["id"]}:{block["name"]}:{block["input"]!.ToJsonString()}"));
        foreach (var path in FrontendReply.Paths)
        {
            Assert.Equal(expected, (await FrontendReply.ReadAsync(path.Data, chunks)).Blocks);
        }
    }

    private static IEnumerable<string> Divide(string order, int cuts)
    {
        List<string> parts = [];
        for (var i = 0; i < order.Length; i++)
        {
            parts.Add(Parts[order[i] - '0']);
            if (i == order.Length - 1 || (cuts & (1 << i)) != 0)
            {
                var arguments = string.Concat(parts.Where(part => part[0] != '"'));
                var function = parts.Where(part => part.StartsWith("\"name", StringComparison.Ordinal)).ToList();
                function.AddRange(arguments.Length == 0 ? [] : [$"\"arguments\":\"{arguments}\""]);
                yield return Delta([.. parts.Where(part => part.StartsWith("\"id", StringComparison.Ordinal)),
                    .. function.Count == 0 ? [] : (string[])[$"\"function\":{{{string.Join(',', function)}}}"]]);
                parts.Clear();
            }
        }
    }

    private static string Delta(string[] members) =>
        $$$"""{"choices":[{"delta":{"tool_calls":[{"index":0,{{{string.Join(',', members)}}}}]}}]}""";
}
