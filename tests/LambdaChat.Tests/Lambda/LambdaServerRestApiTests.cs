using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>The answer as a REST API takes it.</summary>
public sealed class LambdaServerRestApiTests : LambdaServerTest
{
    [Fact]
    public async Task Answer_ToARestApi_HasListsOfHeaders()
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

        var answer = await Api.ReceiveAsync();

        Assert.Equal(
            """{"statusCode":200,"multiValueHeaders":{"x-many":["a","b"],"set-cookie":["k=v; path=/","l=w; path=/"]}}""" + "\0\0\0\0\0\0\0\0ok",
            await answer.ReadChunksAsync());
    }

    [Theory]
    [InlineData(204, 200)]
    [InlineData(404, 404)]
    public async Task Answer_ToARestApiWithoutBody_IsStreamedAllTheSame(int status, int expected)
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await Api.GiveAsync(FunctionUnderTest.RestApiGet);

        var answer = await Api.ReceiveAsync();

        Assert.Contains("Lambda-Runtime-Function-Response-Mode: streaming", answer.Head, StringComparison.Ordinal);
        Assert.Equal($$$"""{"statusCode":{{{expected}}},"multiValueHeaders":{}}""" + "\0\0\0\0\0\0\0\0\n", await answer.ReadChunksAsync());
    }

    [Fact]
    public async Task Answer_ToARestApiUnderSamLocal_IsOneDocument()
    {
        await using var function = await FunctionUnderTest.StartAsync(Api.Environment(isSamLocal: true), context =>
        {
            context.Response.StatusCode = 204;
            context.Response.Headers["x-a"] = "1";
            return Task.CompletedTask;
        });
        await Api.GiveAsync(FunctionUnderTest.RestApiGet);

        var answer = await Api.ReceiveAsync();

        Assert.Equal("""{"statusCode":204,"multiValueHeaders":{"x-a":["1"]},"body":"","isBase64Encoded":false}""", await answer.ReadBodyAsync());
    }
}
