using System.Text;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>Request headers reach SageMaker only if the model is configured to forward them.</summary>
public sealed class ForwardedHeaderTests(FunctionFixture function)
{
    private const string Path = "/v1/chat/completions";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Common = $"Content-Type: application/json\r\nAuthorization: Bearer {FunctionFixture.Key}\r\n";

    private const string All =
        $"traceparent: " +
            $"00-{Trace}-b7ad6b7169203331-01\r\nX-Amzn-SageMaker-Session-Id: s 1\r\nX-Amzn-SageMaker-Custom-Attributes: " +
                $"a=b\r\nX-Amzn-SageMaker-Target-Variant: v2\r\n" +
        "X-Amzn-SageMaker-Inference-Id: i\r\nX-Amzn-SageMaker-Inference-Component: other\r\nX-Amzn-SageMaker-Target-Model: m\r\n";

    [Fact]
    public async Task Headers_Configured_AreForwarded()
    {
        var headers = await SendAsync("forwards-headers", All);

        Assert.Equal("s 1", headers["X-Amzn-SageMaker-Session-Id"]);
        Assert.StartsWith($"a=b,traceparent=00-{Trace}-", headers["X-Amzn-SageMaker-Custom-Attributes"], StringComparison.Ordinal);
        Assert.Equal("v2", headers["X-Amzn-SageMaker-Target-Variant"]);
        Assert.Equal(3, SageMakerHeaders(headers.Keys).Count());
    }

    [Fact]
    public async Task Headers_NotConfigured_AreNotForwarded()
    {
        var headers = await SendAsync(FunctionFixture.Model, All);

        Assert.Empty(SageMakerHeaders(headers.Keys));
        Assert.DoesNotContain("traceparent", headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("X-Amzn-SageMaker-Session-Id: a\tb", "X-Amzn-SageMaker-Session-Id", 256)]
    [InlineData("X-Amzn-SageMaker-Session-Id: ", "X-Amzn-SageMaker-Session-Id", 256)]
    [InlineData(
        "X-Amzn-SageMaker-Target-Variant: 0123456789012345678901234567890123456789012345678901234567890123",
        "X-Amzn-SageMaker-Target-Variant",
        63)]
    public async Task Header_Invalid_Returns400(string header, string name, int most)
    {
        var answer = await RawHttp.SendAsync(
            function.Kestrel.Url, RawHttp.Post(Path, Common + header + "\r\n", Body("forwards-headers", "x")));

        Assert.Equal(
            $$$"""400 {"error":{"message":"Invalid '{{{name}}}': the header must have one value of 1 to {{{most}}} visible ASCII characters.","type":"invalid_request_error","param":"{{{name}}}","code":"invalid_value"}}""",
            $"{answer.Status} {answer.Body}");
    }

    private async Task<IReadOnlyDictionary<string, string>> SendAsync(string model, string headers)
    {
        var marker = Guid.NewGuid().ToString();
        var answer = await RawHttp.SendAsync(function.Lambda.Url, RawHttp.Post(Path, Common + headers, Body(model, marker)));
        Assert.True(answer.Status == 200, answer.Body);
        return function.Emulator.Calls.Single(call => (string?)call.Body["marker"] == marker).Headers;
    }

    private static byte[] Body(string model, string marker) =>
        Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","marker":"{{marker}}","messages":[{"role":"user","content":"hi"}]}""");

    // Except for the function's own routing hint.
    private static IEnumerable<string> SageMakerHeaders(IEnumerable<string> names) => names.Where(name =>
        name.StartsWith("X-Amzn-SageMaker-", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("X-Amzn-SageMaker-Prefix-Aware-Id", StringComparison.OrdinalIgnoreCase));
}
