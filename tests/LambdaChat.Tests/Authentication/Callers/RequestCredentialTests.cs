using LambdaChat.Authentication.Callers;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Authentication.Callers;

public sealed class RequestCredentialTests
{
    [Theory]
    [InlineData("Bearer K", null, null, "K")]
    [InlineData("bearer  K ", null, null, "K")]
    [InlineData("Bearer nk-K", null, null, "nk-K")]
    [InlineData(null, "K", null, "K")]
    [InlineData(null, null, "K", "K")]
    [InlineData("Bearer K", "K", "K", "K")]
    [InlineData("Bearer nk-K", "K", null, "nk-K")]
    [InlineData("AWS4-HMAC-SHA256 Credential=x", "K", null, "K")]
    [InlineData("Bearer ", null, "K", "K")]
    public void Read_EachHeader_ReturnsTheKey(string? authorization, string? xApiKey, string? apiKey, string expected)
    {
        Assert.Equal(expected, RequestCredential.Read(Headers(authorization, xApiKey, apiKey), out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("Bearer K", "L", null)]
    [InlineData("Bearer K", null, "nk-L")]
    [InlineData(null, "K", "L")]
    public void Read_TwoKeys_IsRefused(string? authorization, string? xApiKey, string? apiKey)
    {
        Assert.Null(RequestCredential.Read(Headers(authorization, xApiKey, apiKey), out var problem));
        Assert.Same(AuthenticationResult.AmbiguousKeys, problem);
    }

    [Fact]
    public void Read_NoKey_ReturnsTheError()
    {
        Assert.Null(RequestCredential.Read(Headers(null, null, null), out var none));
        Assert.Null(RequestCredential.Read(Headers("Basic eDp5", null, null), out var other));
        Assert.Same(AuthenticationResult.MissingKey, none);
        Assert.Same(AuthenticationResult.IncorrectKey, other);
    }

    private static HeaderDictionary Headers(string? authorization, string? xApiKey, string? apiKey) => new()
    {
        ["Authorization"] = authorization,
        ["x-api-key"] = xApiKey,
        ["api-key"] = apiKey,
    };
}
