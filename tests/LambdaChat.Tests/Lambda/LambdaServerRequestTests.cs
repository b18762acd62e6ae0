using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>The request features that an event becomes.</summary>
public sealed class LambdaServerRequestTests : LambdaServerTest
{
    [Fact]
    public async Task IamIdentity_InTheEvent_IsAFeature_AndAHeaderIsNot()
    {
        await using var function = await StartAsync(
            context => context.Response.WriteAsync(context.Features.Get<IamIdentity>()?.UserArn ?? "none"));
        const string Signed = """{"path":"/","httpMethod":"GET","requestContext":{"identity":{"userArn":"arn:aws:iam::1:user/u"}}}""";
        const string Forged = """
            {"path":"/","httpMethod":"GET","headers":{"userArn":"x","requestContext":"{}"},"requestContext":{"identity":{"userArn":null}}}
            """;

        await Api.GiveAsync(Signed);
        var signed = await Api.ReceiveAsync();
        Assert.EndsWith("\0arn:aws:iam::1:user/u", await signed.ReadChunksAsync(), StringComparison.Ordinal);
        await signed.AcceptAsync();
        await Api.GiveAsync(Forged);
        var forged = await Api.ReceiveAsync();

        Assert.EndsWith("\0none", await forged.ReadChunksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_OfALargeChunkedEvent_IsComplete()
    {
        var text = string.Concat(Enumerable.Repeat("Text with \"quotes\" and 🤔.\n", 40_000));
        var received = "";
        await using var function = await StartAsync(async context =>
        {
            received = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync("ok");
        });
        var body = System.Text.Json.JsonSerializer.Serialize(text);
        await Api.GiveAsync(
            $$$"""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":{{{body}}}}""",
            isChunked: true);
        await (await Api.ReceiveAsync()).ReadChunksAsync();

        Assert.Equal(text, received);
    }
}
