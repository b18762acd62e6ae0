using System.Text;

namespace LambdaChat.FunctionalTests.Api;

/// <summary>The error of a field through each API, in its own form and words.</summary>
public sealed class FieldErrorTests(FunctionFixture function)
{
    private const string Model = "\"model\":\"deepseek-r1\"";

    [Theory]
    [InlineData("v1/chat/completions", "{" + Model + ",\"messages\":[{},7]}",
        """{"error":{"message":"Invalid type for 'messages[1]': expected an object, but got an integer instead.","type":"invalid_request_error","param":"messages[1]","code":"invalid_type"}}""")]
    [InlineData("v1/responses", "{" + Model + ",\"input\":[{\"role\":\"robot\",\"content\":\"x\"}]}",
        """{"error":{"message":"Invalid value: 'robot'. Supported values are: 'user', 'assistant', 'system', and 'developer'.","type":"invalid_request_error","param":"input[0].role","code":"invalid_value"}}""")]
    [InlineData("v1/messages", "{" + Model + ",\"max_tokens\":-1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
        """{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Input should be greater than or equal to 0"},"request_id":"ID"}""")]
    [InlineData("v1/messages", "{" + Model + ",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]}",
        """{"type":"error","error":{"type":"invalid_request_error","message":"messages.0.content.0.text.text: Field required"},"request_id":"ID"}""")]
    [InlineData("v1/messages", "{",
        """{"type":"error","error":{"type":"invalid_request_error","message":"The request body is not valid JSON: line 1, byte 1"},"request_id":"ID"}""")]
    [InlineData("api/chat", "{" + Model + ",\"messages\":[{\"role\":\"robot\",\"parts\":[]}]}",
        "Invalid value: 'robot'. Supported values are: 'system', 'user', and 'assistant'. Parameter: 'messages[0].role'.")]
    [InlineData("ag-ui/deepseek-r1", """{"runId":"r","messages":[]}""",
        """{"error":{"message":"Missing required parameter: 'threadId'. Expected a string.","type":"invalid_request_error","param":"threadId","code":"missing_required_parameter"}}""")]
    public async Task Field_Wrong_IsNamedAsTheApiDoes(string path, string json, string expected)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        var cancellation = TestContext.Current.CancellationToken;
        using var response = await function.Client.PostAsync(new Uri(path, UriKind.Relative), content, cancellation);

        var body = await response.Content.ReadAsStringAsync(cancellation);
        var id = response.Headers.GetValues("x-request-id").Single();
        Assert.Equal((400, expected), ((int)response.StatusCode, body.Replace(id, "ID", StringComparison.Ordinal)));
    }
}
