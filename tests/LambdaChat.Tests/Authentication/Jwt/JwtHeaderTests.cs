using System.Buffers.Text;
using System.Text;
using LambdaChat.Authentication.Jwt;

namespace LambdaChat.Tests.Authentication.Jwt;

public sealed class JwtHeaderTests
{
    /// <summary>RFC 7515, section 4.1.11: extensions that the recipient does not know make the token invalid.</summary>
    [Theory]
    [InlineData("""{"alg":"RS256","kid":"a"}""", true)]
    [InlineData("""{"alg":"RS256","kid":"a","crit":["x"],"x":1}""", false)]
    [InlineData("""{"crit":["b64"],"b64":false,"alg":"RS256"}""", false)]
    [InlineData("""{"alg":"RS256","x":{"crit":[]}}""", true)]
    public void Read_CriticalExtensions_AreInvalid(string json, bool isValid) =>
        Assert.Equal(isValid, JwtHeader.Read($"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json))}.e30.c2ln")?.IsValid);
}
