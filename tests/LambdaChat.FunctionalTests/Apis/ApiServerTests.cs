using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Servers;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Apis;

/// <summary>Every model server through each API, over both transports, streaming and non-streaming.</summary>
public sealed class ApiServerTests(FunctionFixture function)
{
    private const string Calls =
        """[{"name":"get_weather","arguments":"{\"city\":\"北京\"}"},{"name":"get_time","arguments":"{\"zone\":\"UTC\"}"}]""";

    private const string Error =
        """{"kind":"container_error","after":5,"message":"{\"error\":{\"message\":\"boom\",\"code\":500}}"}""";

    public static TheoryData<string, string> Cases => new(
        from api in ApiKind.All
        from server in ServerKinds.All
        select (api.Name, server.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Server_AnyFormat_LeadsToTheSameReply(string name, string server)
    {
        var (api, kind) = (ApiKind.Find(name), ServerKinds.Find(server));
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        foreach (var transport in new[] { "", "-openai" })
        {
            foreach (var isStreamed in api.Forms)
            {
                foreach (var feature in kind.Features)
                {
                    var model = FunctionFixture.Model + kind.Suffix + transport;
                    var fault = await FindFaultAsync(api, client, kind, feature, model, isStreamed);
                    Assert.True(fault is null, $"{feature} {transport} {(isStreamed ? "streamed" : "non-streaming")}: {fault}");
                }
            }
        }
    }

    private static async Task<string?> FindFaultAsync(
        ApiKind api, HttpClient client, ServerKind kind, string feature, string model, bool isStreamed)
    {
        var standIn = new JsonObject { ["server"] = kind.Name, ["cut_seed"] = 7 };
        standIn[feature == "tools" ? "tools" : feature == "error" ? "fault" : "none"] =
            feature == "tools" ? JsonNode.Parse(Calls) : feature == "error" ? JsonNode.Parse(Error) : null;
        var message = $$"""{"stand_in":{{standIn.ToJsonString()}} }""";
        var (thinking, text) = Script.Answer(message);
        var reply = await api.SendAsync(
            new ApiRequest(client, message, model, isStreamed, TestContext.Current.CancellationToken) { HasTools = feature == "tools" });
        var isRight = feature switch
        {
            "error" => reply is { Error: not null, Finish: null },
            "tools" => reply is { Finish: "tools", Error: null } && Inputs(reply).SequenceEqual(["北京", "UTC"]),
            "usage" => reply.Text == text && reply.Usage is { Input: > 0, Output: > 10 },
            "reasoning" => (reply.Text, reply.Thinking, reply.Finish) == (text, thinking, "stop"),
            _ => (reply.Text, reply.Finish, reply.Error) == (text, "stop", null),
        };
        return isRight ? null : reply.ToString();
    }

    private static IEnumerable<string?> Inputs(ApiReply reply) => reply.Inputs
        .Select(input => JsonNode.Parse(input)!)
        .Select(input => (string?)(input["city"] ?? input["zone"]));
}
