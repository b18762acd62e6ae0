using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>What the function sees of an event.</summary>
public sealed class LambdaServerRequestTests : LambdaServerTest
{
    [Fact]
    public async Task Iam_OfTheEvent_IsAFeature_AndNoHeaderIs()
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync(context.Features.Get<IamIdentity>()?.UserArn ?? "nobody"));
        const string Signed = """{"path":"/","httpMethod":"GET","requestContext":{"identity":{"userArn":"arn:aws:iam::1:user/u"}}}""";
        const string Forged = """{"path":"/","httpMethod":"GET","headers":{"userArn":"x","requestContext":"{}"},"requestContext":{"identity":{"userArn":null}}}""";

        await Api.GiveAsync(Signed);
        var signed = await Api.ReceiveAsync();
        Assert.EndsWith("\0arn:aws:iam::1:user/u", await signed.ReadChunksAsync(), StringComparison.Ordinal);
        await signed.AcceptAsync();
        await Api.GiveAsync(Forged);
        var forged = await Api.ReceiveAsync();

        Assert.EndsWith("\0nobody", await forged.ReadChunksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfALargeChunkedEvent_IsWhole()
    {
        var text = string.Concat(Enumerable.Repeat("Text with \"quotes\" and 🤔.\n", 40_000));
        var received = "";
        await using var function = await StartAsync(async context =>
        {
            received = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync("ok");
        });
        await Api.GiveAsync(
            $$$"""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":{{{System.Text.Json.JsonSerializer.Serialize(text)}}}}""", isChunked: true);
        await (await Api.ReceiveAsync()).ReadChunksAsync();

        Assert.Equal(text, received);
    }
}
