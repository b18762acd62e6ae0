using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>Responses to events of a REST API.</summary>
public sealed class LambdaServerRestApiTests : LambdaServerTest
{
    [Fact]
    public async Task Response_HasMultiValueHeaders()
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.Headers.Append("X-Many", new(["a", "b"]));
            context.Response.Headers.ContentLength = 2;
            context.Response.Cookies.Append("k", "v");
            context.Response.Cookies.Append("l", "w");
            return context.Response.WriteAsync("ok");
        });
        await Api.GiveAsync(FunctionUnderTest.RestApiGet);

        var response = await Api.ReceiveAsync();

        Assert.Equal(
            """{"statusCode":200,"multiValueHeaders":{"x-many":["a","b"],"set-cookie":["k=v; path=/","l=w; path=/"]}}""" +
            "\0\0\0\0\0\0\0\0ok",
            await response.ReadChunksAsync());
    }

    [Theory]
    [InlineData(204, 200)]
    [InlineData(404, 404)]
    public async Task Response_WithoutBody_StreamsALineFeed(int status, int expected)
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await Api.GiveAsync(FunctionUnderTest.RestApiGet);

        var response = await Api.ReceiveAsync();

        Assert.Contains("Lambda-Runtime-Function-Response-Mode: streaming", response.Head, StringComparison.Ordinal);
        Assert.Equal($$$"""{"statusCode":{{{expected}}},"multiValueHeaders":{}}""" + "\0\0\0\0\0\0\0\0\n", await response.ReadChunksAsync());
    }

    [Fact]
    public async Task Response_UnderSamLocal_IsBuffered()
    {
        await using var function = await FunctionUnderTest.StartAsync(Api.Environment(isSamLocal: true), context =>
        {
            context.Response.StatusCode = 204;
            context.Response.Headers["x-a"] = "1";
            return Task.CompletedTask;
        });
        await Api.GiveAsync(FunctionUnderTest.RestApiGet);

        var response = await Api.ReceiveAsync();

        Assert.Equal(
            """{"statusCode":204,"multiValueHeaders":{"x-a":["1"]},"body":"","isBase64Encoded":false}""",
            await response.ReadBodyAsync());
    }
}
