using System.Buffers;
using System.Text;
using LambdaChat.Hosting;
using LambdaChat.Http;

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

    [Fact]
    public async Task Handler_ThrowsUnderSamLocal_IsReportedAsError()
    {
        await using var function = await FunctionUnderTest.StartAsync(
            Api.Environment(isSamLocal: true), _ => throw new InvalidOperationException("secret"));
        await Api.GiveAsync(FunctionUnderTest.Get);

        var error = await Api.ReceiveAsync();

        Assert.EndsWith("/id-1/error HTTP/1.1", error.Line, StringComparison.Ordinal);
        Assert.Contains("\"errorType\":\"Function.InvalidOperationException\"", await error.ReadBodyAsync(), StringComparison.Ordinal);
        await error.AcceptAsync();
        await Api.ReceivePollAsync();
    }

    [Fact]
    public async Task Handler_ThrowsWithUnsentBytesUnderSamLocal_DiscardsThem()
    {
        await using var function = await FunctionUnderTest.StartAsync(
            Api.Environment(isSamLocal: true),
            context =>
            {
                context.Response.BodyWriter.Write("unsent"u8);
                Assert.False(context.Features.Get<IUnsentBodyFeature>()!.HasRoom(new byte[6 * 1024 * 1024]));
                throw new InvalidOperationException("secret");
            },
            configure: app => app.UseErrors());
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = await (await Api.ReceiveAsync()).ReadBodyAsync();

        Assert.StartsWith("{\"statusCode\":500,", response, StringComparison.Ordinal);
        Assert.Contains("\"body\":\"{\\\"error\\\":", response, StringComparison.Ordinal);
    }
}
