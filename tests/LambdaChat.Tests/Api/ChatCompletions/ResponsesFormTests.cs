using System.Text;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Tests.Api.ChatCompletions;

/// <summary>Requests of the Responses API, and its tools, at the path of chat completions.</summary>
public sealed class ResponsesFormTests
{
    private const string Flat =
        "Expected an object. A tool with its name beside its type is one of the Responses API: send the request to /v1/responses.";

    private const string Custom =
        "Invalid value: 'custom'. Supported values are: 'function'. " +
        "Custom tools are supported by the Responses API: send the request to /v1/responses.";

    [Theory, Trait("reported", "R53")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text","text":"a"}]}],"tools":[{"type":"function","name":"Shell"}]}""", "messages",
        "Missing required parameter: 'messages'. Expected an array of at least one message. " +
        "A body with `input` is a request of the Responses API: send it to /v1/responses.")]
    [InlineData("""{"messages":[{}],"tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","name":"ApplyPatch","description":"d"}]}""",
        "tools[1].type", Custom)]
    [InlineData("""{"messages":[{}],"tools":[{"type":"custom","custom":{"name":"patch"}}]}""", "tools[0].type", Custom)]
    [InlineData("""{"messages":[{}],"tools":[{"type":"function","name":"f","parameters":{"function":{}}}]}""", "tools[0].function",
        $"Missing required parameter: 'tools[0].function'. {Flat}")]
    [InlineData("""{"messages":[{}],"tools":[{"name":"f"}]}""", "tools[0].function", $"Missing required parameter: 'tools[0].function'. {Flat}")]
    public void Request_InTheFormOfTheResponsesApi_NamesItsPath(string body, string param, string message)
    {
        var error = Assert.Throws<ErrorResponseException>(() => Read(body)).Error;

        Assert.Equal((400, param, message), (error.Status, error.Param, error.Message));
    }

    /// <summary>Model servers have tools of their own, and read other forms themselves.</summary>
    [Theory]
    [InlineData("""[{"type":"function","function":{"name":"f","parameters":{"type":"custom","name":"x"}}}]""")]
    [InlineData("""[{"function":{"name":"f"},"name":"f"}]""")]
    [InlineData("""[{"type":"builtin_function","function":{"name":"$web_search"}},{"type":"web_search","name":"w"},{"type":5},{}]""")]
    [InlineData("""["f",{"type":"custom"}]""")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    public void Tools_InOtherForms_AreTaken(string tools) => Read($$"""{"messages":[{}],"tools":{{tools}} }""");

    private static ChatRequest Read(string body) => new(RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!);
}
