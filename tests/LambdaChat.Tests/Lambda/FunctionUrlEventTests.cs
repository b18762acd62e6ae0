using LambdaChat.Lambda;

namespace LambdaChat.Tests.Lambda;

public sealed class FunctionUrlEventTests
{
    [Fact]
    public async Task Parse_WholeEvent_BecomesARequest()
    {
        var json = """
            {"version":"2.0","routeKey":"$default","rawPath":"/a%20b/%E4%BD%A0","rawQueryString":"x=1&y=%2F","cookies":["k=v","l=w"],
             "headers":{"content-type":"application/json","x-many":"a,b","x-forwarded-proto":"http"},
             "requestContext":{"accountId":"anonymous","http":{"method":"POST","path":"/ignored","sourceIp":"203.0.113.9","userAgent":"curl"},"requestId":"r","timeEpoch":1},
             "body":"{\"a\":\"你\\n\"}","isBase64Encoded":false,"somethingNew":{"a":[1]}}
            """u8;

        var parsed = FunctionUrlEvent.Parse(json);
        var request = parsed.ToRequest();

        Assert.Equal(("POST", "/a b/你", "?x=1&y=%2F", "/a%20b/%E4%BD%A0?x=1&y=%2F", "http"), (request.Method, request.Path, request.QueryString, request.RawTarget, request.Scheme));
        Assert.Equal("a,b", request.Headers["X-Many"]);
        Assert.Equal("k=v; l=w", request.Headers.Cookie);
        Assert.Equal("203.0.113.9", parsed.RemoteIpAddress!.ToString());
        Assert.Equal("{\"a\":\"你\\n\"}", await new StreamReader(request.Body).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":"AP+A","isBase64Encoded":true}""", "00FF80")]
    [InlineData("""{"isBase64Encoded":true,"body":"AP+A","requestContext":{"http":{"method":"POST"}},"rawPath":"/","version":"2.0"}""", "00FF80")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":""}""", "")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":null}""", "")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}}}""", "")]
    public async Task Parse_Body_IsBytes(string json, string expected)
    {
        var request = FunctionUrlEvent.Parse(System.Text.Encoding.UTF8.GetBytes(json)).ToRequest();
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, TestContext.Current.CancellationToken);

        Assert.Equal(expected, Convert.ToHexString(body.ToArray()));
        Assert.Equal("https", request.Scheme);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":"1.0","rawPath":"/","requestContext":{"http":{"method":"GET"}}}""")]
    [InlineData("""{"version":"2.0","requestContext":{"http":{"method":"GET"}}}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{}}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":1}}}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","headers":[],"requestContext":{"http":{"method":"GET"}}}""")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"}},"body":"\ud83d"}""")]
    [InlineData("""{"version":"2.0","rawPath":"/a%00","requestContext":{"http":{"method":"GET"}}}""")]
    public void Parse_AnythingElse_IsUnknown(string json) =>
        Assert.Throws<UnknownEventException>(() => FunctionUrlEvent.Parse(System.Text.Encoding.UTF8.GetBytes(json)));
}
