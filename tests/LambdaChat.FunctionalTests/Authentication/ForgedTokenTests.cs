using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>
/// Forged and invalid tokens. All get the same response, and none makes the function call an address that the token names.
/// </summary>
public sealed class ForgedTokenTests(TokenFixture tokens) : IClassFixture<TokenFixture>
{
    private Issuer Issuer => tokens.Issuer;

    [Fact]
    public Task Signature_OfAnotherKeyWithSameId_IsRefused() =>
        AssertRefusedAsync(IssuerKey.Rsa("rsa-1").Sign("RS256", Issuer.Claims()), IssuerKey.Rsa("rsa-1").Sign("PS256", Issuer.Claims()),
            IssuerKey.Ec("ec-1").Sign("ES256", Issuer.Claims()));

    [Fact]
    public Task Payload_ChangedAfterSigning_IsRefused()
    {
        var parts = Issuer.Token().Split('.');
        var other = Issuer.Token("""{"sub":"admin"}""").Split('.');
        return AssertRefusedAsync($"{parts[0]}.{other[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.{other[2]}",
            $"{parts[0]}.{parts[1]}.{parts[2][..^4]}");
    }

    [Fact]
    public Task Time_ExpiredOrNotYetValid_IsRefused()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return AssertRefusedAsync(
            Issuer.Token($$"""{"exp":{{now - 90}},"nbf":{{now - 3600}}}"""),
            Issuer.Token($$"""{"nbf":{{now + 90}}}"""),
            Issuer.Token("""{"exp":null}"""),
            Issuer.Token("""{"exp":"tomorrow"}"""),
            Issuer.Token("""{"exp":-1}"""));
    }

    [Theory]
    [InlineData("""{"aud":"someone-else"}""")]
    [InlineData("""{"aud":"lambdachat2"}""")]
    [InlineData("""{"aud":"LambdaChat"}""")]
    [InlineData("""{"aud":["x","y"]}""")]
    [InlineData("""{"aud":"someone-else","client_id":"lambdachat"}""")]
    [InlineData("""{"aud":null}""")]
    [InlineData("""{"aud":[]}""")]
    [InlineData("""{"aud":{"lambdachat":"lambdachat"}}""")]
    [InlineData("""{"iss":"https://evil.example.com"}""")]
    [InlineData("""{"iss":null}""")]
    [InlineData("""{"iss":""}""")]
    [InlineData("""{"sub":null}""")]
    [InlineData("""{"sub":""}""")]
    public Task Claims_OfAnotherIssuerOrAudience_AreRefused(string claims) => AssertRefusedAsync(Issuer.Token(claims));

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    public Task Algorithm_None_IsRefused(string algorithm) => AssertRefusedAsync(
        IssuerKey.Forge($$"""{"alg":"{{algorithm}}","typ":"JWT"}""", Issuer.Claims(), _ => []),
        IssuerKey.Forge($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"rsa-1"}""", Issuer.Claims(), _ => []),
        IssuerKey.Forge($$"""{"alg":"{{algorithm}}","alg":"RS256","kid":"rsa-1"}""", Issuer.Claims(), _ => [0]),
        IssuerKey.Forge("""{"typ":"JWT","kid":"rsa-1"}""", Issuer.Claims(), _ => []));

    // "Key confusion": the public key used as a shared secret.
    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public Task PublicKey_AsSharedSecret_IsRefused(string algorithm)
    {
        var rsa = (RSA)Issuer.Rsa.Pair;
        byte[][] secrets =
        [
            Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()),
                Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem() + "\n"),
            Encoding.ASCII.GetBytes(rsa.ExportRSAPublicKeyPem()), rsa.ExportSubjectPublicKeyInfo(), rsa.ExportParameters(false).Modulus!,
            Encoding.UTF8.GetBytes(Issuer.Rsa.Public.ToJsonString()), Encoding.UTF8.GetBytes((string)Issuer.Rsa.Public["n"]!), new byte[64],
        ];
        return AssertRefusedAsync([.. secrets.Select(secret => IssuerKey.Forge(
            $$"""{"alg":"{{algorithm}}","kid":"rsa-1"}""", Issuer.Claims(), text => Mac(algorithm, secret, text)))]);
    }

    [Fact]
    public Task Algorithm_NotOfTheKey_IsRefused() => AssertRefusedAsync(
        Issuer.Ec.Sign("ES256", Issuer.Claims(), """{"kid":"rsa-1"}"""),
        Issuer.Rsa.Sign("RS256", Issuer.Claims(), """{"kid":"ec-1"}"""),
        Issuer.Rsa.Sign("RS256", Issuer.Claims(), """{"alg":"ES256"}"""),
        Issuer.Rsa.Sign("RS256", Issuer.Claims(), """{"alg":"RS512"}"""),
        Issuer.Rsa.Sign("PS256", Issuer.Claims(), """{"alg":"RS256"}"""));

    [Fact]
    public Task Signature_Empty_IsRefused() =>
        AssertRefusedAsync(
            [.. ((string[])["RS256", "ES256", "PS256"]).SelectMany(
                algorithm => ((byte[][])[[], new byte[64], new byte[256]]).Select(signature =>
        IssuerKey.Forge($$"""{"alg":"{{algorithm}}","kid":"{{(algorithm == "ES256" ? "ec-1" : "rsa-1")}}"}""", Issuer.Claims(),
            _ => signature)))]);

    [Fact]
    public async Task Key_InTheToken_IsIgnored()
    {
        await using var evil = await Issuer.StartAsync();
        var key = evil.Rsa;
        var jwk = key.Public.ToJsonString();

        await AssertRefusedAsync(
            key.Sign("RS256", Issuer.Claims(), $$"""{"jwk":{{jwk}}}"""),
            key.Sign("RS256", Issuer.Claims(), $$"""{"jwk":{{jwk}},"kid":null}"""),
            key.Sign("RS256", Issuer.Claims(), $$"""{"jku":"{{evil.Url}}/keys","kid":"evil"}"""),
            key.Sign("RS256", Issuer.Claims(), $$"""{"x5u":"{{evil.Url}}/keys","kid":"evil"}"""),
            key.Sign("RS256", Issuer.Claims($$"""{"iss":"{{evil.Url}}"}"""), """{"kid":"evil"}"""));

        Assert.Empty(evil.Asked);
    }

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("' OR 1=1 --")]
    [InlineData("|curl evil.example.com")]
    [InlineData("RSA-1")]
    [InlineData("rsa-1\\u0000")]
    public Task KeyId_OfAnyKind_IsRefused(string keyId) =>
        AssertRefusedAsync(
            IssuerKey.Forge($$"""{"alg":"RS256","kid":"{{keyId}}"}""", Issuer.Claims(),
                text => ((RSA)IssuerKey.Rsa("x").Pair).SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));

    [Fact]
    public async Task KeyIds_Unknown_CauseOneFetch()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var server = await AuthenticatedFunction.OpenAsync(new Uri("http://127.0.0.1:1"), TokenFixture.Variables(issuer));
        (await server.SendCredentialAsync(issuer.Token())).AssertAccepted();
        var before = issuer.Asked.Count;
        string[] guesses = [.. Enumerable.Range(0, 20).Select(i => // Made before: an RSA key takes a while, and the pause is 30 s.
            IssuerKey.Ec($"guess-{i}").Sign("ES256", issuer.Claims()))];

        foreach (var guess in guesses)
        {
            (await server.SendCredentialAsync(guess)).AssertIs(Answer.InvalidToken);
        }

        Assert.Equal(before + 2, issuer.Asked.Count); // One request each for the metadata and the key set.
    }

    [Theory]
    [InlineData("e30.e30.")]
    [InlineData("e30.e30.AA")]
    [InlineData("eyJraWQiOjF9.e30.AA")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9..")]
    public Task Text_WithAHeader_IsRefused(string token) => AssertRefusedAsync(token);

    [Fact]
    public Task Token_TooLong_IsRefused() =>
        AssertRefusedAsync(Issuer.Token($$"""{"x":"{{new string('x', 20_000)}}"}"""), new string('A', 8000) + ".e30.AA");

    [Theory]
    [InlineData("a.b")]
    [InlineData("a.b.c.d.e")] // An encrypted token.
    [InlineData("...")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("W10.W10.W10")]
    public async Task Text_NotAToken_IsAnIncorrectKey(string token) =>
        (await tokens.Server.SendCredentialAsync(token)).AssertIs(Answer.UnknownKey);

    [Fact]
    public async Task Tokens_Refused_AreNotLogged()
    {
        var token = Issuer.Token("""{"aud":"x","sub":"canary-subject"}""");
        (await tokens.Server.SendCredentialAsync(token)).AssertIs(Answer.InvalidToken);

        Assert.Equal(200, (await tokens.Server.ChatAsync(FunctionFixture.Model, $"Authorization: Bearer {Issuer.Token()}")).Status);
        await tokens.Server.Log.WaitForAsync($"to jwt:{Issuer.Subject} by");

        Assert.DoesNotContain(tokens.Server.Log.Lines,
            line => line.Contains("eyJ", StringComparison.Ordinal) || line.Contains("canary", StringComparison.Ordinal));
    }

    private async Task AssertRefusedAsync(params string[] forgeries)
    {
        foreach (var token in forgeries)
        {
            (await tokens.Server.SendCredentialAsync(token)).AssertIs(Answer.InvalidToken);
        }
    }

    private static byte[] Mac(string algorithm, byte[] secret, byte[] text) => algorithm switch
    {
        "HS256" => HMACSHA256.HashData(secret, text),
        "HS384" => HMACSHA384.HashData(secret, text),
        _ => HMACSHA512.HashData(secret, text),
    };
}
