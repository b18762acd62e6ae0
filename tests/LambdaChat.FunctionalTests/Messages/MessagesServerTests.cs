using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Servers;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Messages;

/// <summary>Every model server through the Messages API, over both transports, streaming and non-streaming.</summary>
public sealed class MessagesServerTests(FunctionFixture function)
{
    private const string Calls =
        """[{"name":"get_weather","arguments":"{\"city\":\"北京\"}"},{"name":"get_time","arguments":"{\"zone\":\"UTC\"}"}]""";

    private const string Tools =
        """[{"name":"get_weather","input_schema":{"type":"object"}},{"name":"get_time","input_schema":{"type":"object"}}]""";

    private const string Error =
        """{"kind":"container_error","after":5,"message":"{\"error\":{\"message\":\"boom\",\"code\":500}}"}""";

    [Theory]
    [MemberData(nameof(ServerKinds.Names), MemberType = typeof(ServerKinds))]
    public async Task Server_AnyFormat_LeadsToTheSameMessage(string server)
    {
        var kind = ServerKinds.Find(server);
        foreach (var transport in new[] { "", "-openai" })
        {
            foreach (var isStreamed in new[] { true, false })
            {
                foreach (var feature in kind.Features)
                {
                    var fault = await FindFaultAsync(kind, feature, FunctionFixture.Model + kind.Suffix + transport, isStreamed);
                    Assert.True(fault is null, $"{feature} {transport} {(isStreamed ? "streamed" : "non-streaming")}: {fault}");
                }
            }
        }
    }

    private async Task<string?> FindFaultAsync(ServerKind kind, string feature, string model, bool isStreamed)
    {
        var standIn = new JsonObject { ["server"] = kind.Name, ["cut_seed"] = 7 };
        standIn[feature == "tools" ? "tools" : feature == "error" ? "fault" : "none"] =
            feature == "tools" ? JsonNode.Parse(Calls) : feature == "error" ? JsonNode.Parse(Error) : null;
        var request = MessagesCall.Request(standIn.ToJsonString());
        (request["model"], request["stream"]) = (model, isStreamed);
        if (feature == "tools")
        {
            request["tools"] = JsonNode.Parse(Tools);
        }

        var (thinking, text) = Script.Answer((string)request["messages"]![0]!["content"]!);
        var call = await MessagesCall.SendAsync(function.Client, request);
        var isRight = feature switch
        {
            "error" => call.Error is not null && call.StopReason is null,
            "tools" => call is { StopReason: "tool_use", Error: null } && Inputs(call).SequenceEqual(["北京", "UTC"]),
            "usage" => call.Text == text && (int?)call.Usage?["input_tokens"] > 0 && (int?)call.Usage?["output_tokens"] > 10,
            "reasoning" => (call.Text, call.Thinking, call.StopReason) == (text, thinking, "end_turn"),
            _ => (call.Text, call.StopReason, call.Error) == (text, "end_turn", null),
        };
        return isRight ? null : call.ToString();
    }

    private static IEnumerable<string?> Inputs(MessagesCall call) =>
        call.Inputs.Select(input => (string?)(input["city"] ?? input["zone"]));
}
