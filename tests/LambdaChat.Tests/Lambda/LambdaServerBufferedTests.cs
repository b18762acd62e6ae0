using System.Text;

namespace LambdaChat.Tests.Lambda;

/// <summary>Buffered responses: without a body, and under <c>sam local</c>.</summary>
public sealed class LambdaServerBufferedTests : LambdaServerTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_WithoutBody_IsBuffered(bool starts)
    {
        await using var function = await StartAsync(async context =>
        {
            context.Response.StatusCode = 204;
            context.Response.Headers["x-a"] = "1";
            if (starts)
            {
                await context.Response.StartAsync();
            }
        });
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = await Api.ReceiveAsync();

        Assert.DoesNotContain("Response-Mode", response.Head, StringComparison.Ordinal);
        Assert.Equal("""{"statusCode":204,"headers":{"x-a":"1"},"body":"","isBase64Encoded":false}""", await response.ReadBodyAsync());
    }

    [Theory]
    [InlineData("text", """{"statusCode":200,"headers":{},"body":"tëxt","isBase64Encoded":false}""")]
    [InlineData("binary", """{"statusCode":200,"headers":{},"body":"AP+A","isBase64Encoded":true}""")]
    public async Task Response_UnderSamLocal_IsBuffered(string kind, string expected)
    {
        await using var function = await FunctionUnderTest.StartAsync(Api.Environment(isSamLocal: true), async context =>
        {
            byte[] body = kind == "text" ? [.. "tëxt"u8] : [0, 0xFF, 0x80];
            await context.Response.Body.WriteAsync(body.AsMemory(0, 2));
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync(body.AsMemory(2));
        });
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = await Api.ReceiveAsync();

        Assert.Equal(expected, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(await response.ReadBodyAsync())));
    }
}
