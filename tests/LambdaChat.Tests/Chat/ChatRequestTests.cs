using System.Text;
using LambdaChat.Chat;

namespace LambdaChat.Tests.Chat;

public sealed class ChatRequestTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Theory]
    [InlineData("{\"model\":\"r1\"," + Messages + ",\"stream\":true}", true)]
    [InlineData("{\"model\":\"r1\"," + Messages + ",\"stream\":false}", false)]
    [InlineData("{\"model\":\"r1\"," + Messages + ",\"stream\":null}", false)]
    [InlineData("{\"model\":\"r1\"," + Messages + "}", false)]
    [InlineData(" { \"stream\" : true , " + Messages + " , \"model\" : \"r1\" } \n", true)]
    [InlineData("{\"mod\\u0065l\":\"r\\u0031\"," + Messages + ",\"stream\":true}", true)]
    public void Parse_GoodRequest_IsRead(string body, bool isStreamed)
    {
        var (request, fault) = ChatRequest.Parse(Encoding.UTF8.GetBytes(body));

        Assert.Null(fault);
        Assert.Equal("r1", request!.Model);
        Assert.Equal(isStreamed, request.IsStreamed);
    }

    [Theory]
    [InlineData("", null, "The body is not valid JSON (line 1, byte 0).")]
    [InlineData("[]", null, "The body must be a JSON object.")]
    [InlineData("\"x\"", null, "The body must be a JSON object.")]
    [InlineData("{\"model\":\"r1\"", null, "The body is not valid JSON (line 1, byte 13).")]
    [InlineData("{}{}", null, "The body is not valid JSON (line 1, byte 2).")]
    [InlineData("{}", "model", "`model` is required: the name of a model, as GET /v1/models lists them.")]
    [InlineData("{\"model\":1}", "model", "`model` must be a string that is not empty.")]
    [InlineData("{\"model\":\"\"}", "model", "`model` must be a string that is not empty.")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\"}", "model", "`model` stands twice in the body.")]
    [InlineData("{\"model\":\"a\"}", "messages", "`messages` is required: an array of at least one message.")]
    [InlineData("{\"model\":\"a\",\"messages\":[]}", "messages", "`messages` must not be empty.")]
    [InlineData("{\"model\":\"a\",\"messages\":{}}", "messages", "`messages` must be an array of at least one message.")]
    [InlineData("{\"model\":\"a\",\"messages\":[1]}", "messages", "Each of `messages` must be an object.")]
    [InlineData("{\"model\":\"a\"," + Messages + "," + Messages + "}", "messages", "`messages` stands twice in the body.")]
    [InlineData("{\"model\":\"a\"," + Messages + ",\"stream\":1}", "stream", "`stream` must be true or false.")]
    [InlineData("{\"model\":\"a\"," + Messages + ",\"stream\":true,\"stream\":false}", "stream", "`stream` stands twice in the body.")]
    public void Parse_BadRequest_NamesTheField(string body, string? param, string message)
    {
        var (request, fault) = ChatRequest.Parse(Encoding.UTF8.GetBytes(body));

        Assert.Null(request);
        Assert.Equal((400, "invalid_request_error", param, message), (fault!.Status, fault.Type, fault.Param, fault.Message));
    }

    [Fact]
    public void Parse_DeepNesting_IsRefused()
    {
        var body = "{\"model\":\"a\"," + Messages + ",\"x\":" + new string('[', 1000) + new string(']', 1000) + "}";

        Assert.StartsWith("The body is not valid JSON", ChatRequest.Parse(Encoding.UTF8.GetBytes(body)).Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_InvalidUtf8_IsRefused()
    {
        byte[] body = [.. "{\"model\":\"a"u8, 0xFF, .. "\","u8, .. Encoding.UTF8.GetBytes(Messages), (byte)'}'];

        Assert.Equal("The body has a text that is not valid UTF-8.", ChatRequest.Parse(body).Fault!.Message);
    }

    [Theory]
    [InlineData("deepseek-ai/R1", "\"deepseek-ai/R1\"")]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    public void WithModel_OnlyTheModelChanges(string served, string expected)
    {
        const string Before = "{ \"tools\":[{\"model\":\"not this\"}], \"unknown\": 1.50e3 , \"model\" : ";
        const string After = " ,\"stream\":true," + Messages + "}\n";

        var (request, _) = ChatRequest.Parse(Encoding.UTF8.GetBytes(Before + "\"r1\"" + After));

        Assert.Equal(Before + expected + After, string.Concat(request!.WithModel(served).Select(piece => Encoding.UTF8.GetString(piece.Span))));
    }
}
