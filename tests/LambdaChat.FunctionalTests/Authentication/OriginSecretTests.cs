namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Requests without the secret that CloudFront sends.</summary>
public sealed class OriginSecretTests(FunctionFixture function)
{
    private const string Old = "an-old-secret-of-the-front";
    private const string New = "a-new-secret-of-the-front";

    private static readonly Answer Refused = new(403,
        Answer.Error("Direct access is not allowed. Use the address of the site or proxy in front of this function.", "wrong_origin"), "");

    [Fact]
    public async Task Secret_EitherOfTwo_IsAccepted()
    {
        await using var server = await OpenAsync();

        (await server.AskAsync($"x-origin-secret: {Old}", $"x-api-key: {FunctionFixture.Key}")).AssertAccepted();
        (await server.AskAsync($"x-origin-secret: {New}", $"x-api-key: {FunctionFixture.Key}")).AssertAccepted();
        (await server.AskAsync($"x-origin-secret: {New}")).AssertIs(Answer.NoKey);
        Assert.Equal(204,
            (await server.SendAsync(HttpMethod.Options, "v1/models", content: null, $"x-origin-secret: {New}", "Origin: https://a.example",
                "Access-Control-Request-Method: GET")).Status);
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("secret-of-the-front", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x-origin-secret: ")]
    [InlineData("x-origin-secret: a-new-secret-of-the-fronT")]
    [InlineData("x-origin-secret: a-new-secret-of-the-front,an-old-secret-of-the-front")]
    [InlineData("x-forwarded-host: d111.cloudfront.net")]
    public async Task Secret_WrongOrMissing_Is403ExceptForHealth(string header)
    {
        await using var server = await OpenAsync();

        (await server.AskAsync(header, $"x-api-key: {FunctionFixture.Key}")).AssertIs(Refused);
        (await server.SendAsync(HttpMethod.Get, "", content: null, header)).AssertIs(Refused);
        (await server.SendAsync(HttpMethod.Options, "v1/models", content: null, header, "Origin: https://a.example",
            "Access-Control-Request-Method: GET")).AssertIs(Refused);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "healthz", content: null, header)).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "health", content: null, header)).Status);
    }

    private Task<AuthenticatedFunction> OpenAsync() =>
        AuthenticatedFunction.OpenAsync(function.Emulator.Address, new() { ["ORIGIN_SECRET"] = $"{New}, {Old}" });
}
