using LambdaChat.Authentication;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Authentication;

public sealed class PresentedKeyTests
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
    public void Read_Form_IsRead(string? authorization, string? xApiKey, string? apiKey, string expected)
    {
        Assert.Equal(expected, PresentedKey.Read(Headers(authorization, xApiKey, apiKey), out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("Bearer K", "L", null)]
    [InlineData("Bearer K", null, "nk-L")]
    [InlineData(null, "K", "L")]
    public void Read_TwoKeys_IsRefused(string? authorization, string? xApiKey, string? apiKey)
    {
        Assert.Null(PresentedKey.Read(Headers(authorization, xApiKey, apiKey), out var problem));
        Assert.Same(Verdict.TwoKeys, problem);
    }

    [Fact]
    public void Read_Nothing_IsSaid()
    {
        Assert.Null(PresentedKey.Read(Headers(null, null, null), out var none));
        Assert.Null(PresentedKey.Read(Headers("Basic eDp5", null, null), out var other));
        Assert.Same(Verdict.NoKey, none);
        Assert.Same(Verdict.Unknown, other);
    }

    private static HeaderDictionary Headers(string? authorization, string? xApiKey, string? apiKey) => new()
    {
        ["Authorization"] = authorization,
        ["x-api-key"] = xApiKey,
        ["api-key"] = apiKey,
    };
}
