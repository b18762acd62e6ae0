using System.Text;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;

namespace LambdaChat.Tests.Api.Requests;

public sealed class ToolJsonTests
{
    /// <summary>
    /// A model that writes half of a surrogate pair ends the conversation otherwise, because the client sends the call back with each
    /// request: https://github.com/anthropics/claude-code/issues/68325
    /// </summary>
    [Theory]
    [InlineData("""{"x":"\ud99c"}""", """{"x":"\ufffd"}""")]
    [InlineData("""{"\udc00":["\ud83e\udd14","\\ud83d"]}""", """{"\ufffd":["\ud83e\udd14","\\ud83d"]}""")]
    [InlineData("""{"x":"\ud83d""", """{"INVALID_JSON":"{\"x\":\"\\ud83d"}""")]
    public void Arguments_WithHalfASurrogatePair_CanBeDecoded(string text, string expected)
    {
        var arguments = ToolJson.Arguments(new RequestItem(JsonElement.Parse(JsonText.Quote(text)), "arguments"));

        Assert.Equal(expected, JsonElement.Parse(Encoding.UTF8.GetString(arguments)).GetString());
    }
}
