using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Items of the input that change the settings of the turns after them.</summary>
public sealed class ConfigurationUpdateTests
{
    private const string Schema = """{"type":"json_schema","name":"n","schema":{"type":"object"} }""";
    private const string Message = """{"role":"user","content":"x"}""";

    [Theory]
    [InlineData($$"""{"type":"configuration_update","text":{"format":{{Schema}}} },{{Message}}""", "json_schema", "low")]
    [InlineData($$"""{"type":"configuration_update","id":"u","reasoning":{"effort":"high"} },{{Message}}""", "json_object", "high")]
    [InlineData($$"""{"type":"configuration_update","reasoning":{"effort":"high"} },{{Message}},{"type":"configuration_update","reasoning":{"effort":"none"},"text":{"format":{"type":"text"} } }""", null, "none")]
    [InlineData($$"""{"type":"configuration_update","reasoning":{"effort":null},"text":null},{{Message}}""", "json_object", "low")]
    public void Update_ReplacesTheSettingOfTheRequest(string input, string? format, string effort) => AssertChat(
        $$"""{"input":[{{input}}],"reasoning":{"effort":"low"},"text":{"format":{"type":"json_object"} } }""", history: null, format, effort);

    [Theory]
    [InlineData("", "json_schema", "high")]
    [InlineData("""{"type":"configuration_update","reasoning":{"effort":"low"} },""", "json_schema", "low")]
    public void Update_OfAnEarlierResponse_StaysInEffect(string update, string format, string effort) => AssertChat(
        $$"""{"input":[{{update}}{{Message}}]}""",
        $$"""[{"type":"configuration_update","reasoning":{"effort":"high"},"text":{"format":{{Schema}}} },{{Message}}]""", format, effort);

    [Theory]
    [InlineData("\"text\":{\"format\":{\"type\":\"xml\"} }", "input[0].text.format.type")]
    [InlineData("\"text\":{\"format\":1}", "input[0].text.format")]
    [InlineData("\"reasoning\":{\"effort\":1}", "input[0].reasoning.effort")]
    public void Update_Malformed_IsRefused(string member, string path)
    {
        var exception = Assert.Throws<ErrorResponseException>(
            () => ResponseReply.Parse($$"""{"input":[{"type":"configuration_update",{{member}}},{{Message}}]}"""));

        Assert.Equal(path, exception.Error.Param);
    }

    private static void AssertChat(string json, string? history, string? format, string effort)
    {
        var body = Encoding.UTF8.GetBytes(json);
        RequestItem? items = history is null ? null : new RequestItem(JsonElement.Parse(history), "previous_response_id");
        var request = new ResponsesRequest(RequestJson.TryParse(body)!, JsonElement.Parse(body), maximumItems: 10, items);

        var chat = JsonNode.Parse(request.ToChat().Span)!;

        Assert.Equal((format, effort), ((string?)chat["response_format"]?["type"], (string?)chat["reasoning_effort"]));
    }
}
