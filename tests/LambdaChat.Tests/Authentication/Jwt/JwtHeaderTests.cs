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

    [Theory]
    [InlineData("""{"alg":"RS256","kid":1}""")]
    [InlineData("""{"alg":"RS256","kid":"\ud83d"}""")]
    public void Read_KeyIdThatIsNoText_IsInvalid(string json) =>
        Assert.False(JwtHeader.Read($"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json))}.e30.c2ln")?.IsValid);

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4097, false)]
    public void Read_HeaderAboveTheCap_IsInvalid(int length, bool? isValid) =>
        Assert.Equal(isValid, JwtHeader.Read($"{new string('A', length)}.e30.c2ln")?.IsValid);

    [Theory]
    [InlineData("eyJhbGciOiJSUzI1NiJ9")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.e30")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.e30.c2ln.x")]
    [InlineData("eyJhbGciOiJSUzI1NiI.e30.c2ln")]
    [InlineData("eyJhbGci!iJSUzI1NiJ9.e30.c2ln")]
    [InlineData("W10.e30.c2ln")]
    [InlineData(".e30.c2ln")]
    public void Read_OtherText_IsNoToken(string credential) => Assert.Null(JwtHeader.Read(credential));
}
