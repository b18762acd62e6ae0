using System.Text;
using LambdaChat.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Tests.Http;

public sealed class PlainTextErrorFormTests
{
    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/API/Chat")]
    [InlineData("//api/chat")]
    [InlineData("/api/chat/x/stream")]
    [InlineData("/api/chat/completions")]
    public async Task Error_OfTheChatTransport_IsOneSentence(string path) =>
        Assert.Equal((429, "text/plain; charset=utf-8", "Say \"why\" – 请."), await WriteAsync(path));

    [Fact]
    public async Task Error_ThatDoesNotNameItsField_IsFollowedByTheField()
    {
        var unsupported = FieldErrors.Unsupported("messages[0].role", "robot", ["user", "system"]);
        var invalid = FieldErrors.Invalid("messages", "at least one message must have a text");

        Assert.Equal("Invalid value: 'robot'. Supported values are: 'user' and 'system'. Parameter: 'messages[0].role'.",
            (await WriteAsync("/api/chat", unsupported)).Body);
        Assert.Equal("Invalid 'messages': at least one message must have a text.", (await WriteAsync("/api/chat", invalid)).Body);
    }

    [Theory]
    [InlineData("/api/chatX")]
    [InlineData("/api/openai/chat/completions")]
    [InlineData("/ag-ui")]
    public async Task Error_OfAnotherPath_IsJson(string path) => Assert.Equal(
        (429, "application/json; charset=utf-8", """{"error":{"message":"Say \"why\" – 请.","type":"any","param":null,"code":"x"}}"""),
        await WriteAsync(path));

    private static async Task<(int Status, string? Type, string Body)> WriteAsync(string path, ApiError? error = null)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));

        error ??= new ApiError(429, "any", "x", "Say \"why\" – 请.");
        await (error with { RetryAfter = TimeSpan.FromSeconds(2) }).WriteAsync(context.Response);

        Assert.Equal("2", context.Response.Headers.RetryAfter);
        return (context.Response.StatusCode, context.Response.ContentType, Encoding.UTF8.GetString(body.ToArray()));
    }
}
