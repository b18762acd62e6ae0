namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Tokens of the issuer, and the claims that they need.</summary>
public sealed class TokenTests(TokenFixture tokens, FunctionFixture function) : IClassFixture<TokenFixture>
{
    private Issuer Issuer => tokens.Issuer;

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task Token_OfKnownKey_IsAccepted(string algorithm) =>
        (await tokens.Server.SendCredentialAsync(Issuer.Token(algorithm: algorithm))).AssertAccepted();

    [Theory]
    [InlineData("""{"aud":["x","lambdachat"]}""")]
    [InlineData("""{"aud":"another"}""")]
    [InlineData("""{"aud":null,"client_id":"lambdachat"}""")]
    [InlineData("""{"scope":null,"scp":["chat"]}""")]
    [InlineData("""{"scope":["openid","chat"]}""")]
    [InlineData("""{"scope":null,"scp":"chat offline_access"}""")]
    [InlineData("""{"team":["blue","red"]}""")]
    [InlineData("""{"sub":null,"client_id":"backend"}""")]
    public async Task Claims_InEachFormat_AreAccepted(string claims) =>
        (await tokens.Server.SendCredentialAsync(Issuer.Token(claims))).AssertAccepted();

    [Theory]
    [InlineData("x-api-key: ")]
    [InlineData("api-key: ")]
    [InlineData("Authorization: Bearer nk-")]
    [InlineData("Authorization: bearer ")]
    public async Task Header_OfKey_AcceptsToken(string header) => (await tokens.Server.AskAsync(header + Issuer.Token())).AssertAccepted();

    [Fact]
    public async Task Key_BesideIssuer_IsAccepted()
    {
        (await tokens.Server.SendCredentialAsync(FunctionFixture.Key)).AssertAccepted();
        (await tokens.Server.SendCredentialAsync("sk-wrong")).AssertIs(Answer.UnknownKey);
        (await tokens.Server.AskAsync()).AssertIs(Answer.NoKey);
    }

    [Fact]
    public async Task Caller_OfToken_IsItsSubject()
    {
        var answer = await tokens.Server.ChatAsync(FunctionFixture.Model, $"Authorization: Bearer {Issuer.Token("""{"sub":"alice"}""")}");

        Assert.Equal(200, answer.Status);
        await tokens.Server.Log.WaitForAsync("to jwt:alice by");
    }

    [Theory]
    [InlineData(30)]
    [InlineData(3600)]
    public async Task Clock_WithinSkew_IsAccepted(int seconds)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        (await tokens.Server.SendCredentialAsync(Issuer.Token($$"""{"exp":{{now - 30}},"nbf":{{now - 3600}}}"""))).AssertAccepted();
        (await tokens.Server.SendCredentialAsync(Issuer.Token($$"""{"exp":{{now + seconds}},"nbf":{{now + 30}}}"""))).AssertAccepted();
    }

    [Theory]
    [InlineData("""{"scope":"openid"}""")]
    [InlineData("""{"scope":"chatter"}""")]
    [InlineData("""{"scope":null}""")]
    [InlineData("""{"team":"blue"}""")]
    [InlineData("""{"team":null}""")]
    [InlineData("""{"team":{"red":"red"}}""")]
    public async Task Claims_NotForThisApi_Are403(string claims) =>
        (await tokens.Server.SendCredentialAsync(Issuer.Token(claims))).AssertIs(Answer.InsufficientScope);

    [Fact]
    public async Task Rotation_NewKey_ReplacesTheOldOneAtOnce()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var server = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, TokenFixture.Variables(issuer));
        var old = issuer.Token();
        (await server.SendCredentialAsync(old)).AssertAccepted();

        issuer.Rotate("2");

        (await server.SendCredentialAsync(issuer.Token())).AssertAccepted();
        (await server.SendCredentialAsync(old)).AssertIs(Answer.InvalidToken);
        Assert.Equal(2, issuer.Asked.Count(path => path == "/keys"));
    }

    [Fact]
    public async Task Issuer_Unreachable_Is503ForTokensOnly()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.IsUp = false;
        await using var server = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, TokenFixture.Variables(issuer));

        (await server.SendCredentialAsync(FunctionFixture.Key)).AssertAccepted();
        (await server.SendCredentialAsync(issuer.Token())).AssertIs(new Answer(
            503, """{"error":{"message":"Tokens cannot be checked at the moment. Try again.","type":"server_error","param":null,"code":"issuer_unreachable"}}""", ""));
    }

    [Fact]
    public async Task Issuer_WithAnotherName_IsRefused()
    {
        await using var issuer = await Issuer.StartAsync();
        var variables = TokenFixture.Variables(issuer);
        variables["JWT_ISSUER"] = issuer.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await using var server = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, variables);

        Assert.Equal(503, (await server.SendCredentialAsync(issuer.Token())).Status);
        await server.Log.WaitForAsync("The signing keys of JWT_ISSUER could not be fetched: another issuer's metadata.");
    }

    [Fact]
    public async Task Server_OutsideLambda_AcceptsTokens()
    {
        await using var server = await AuthenticatedFunction.OpenServerAsync(function.Emulator.Address, TokenFixture.Variables(Issuer));

        (await server.SendCredentialAsync(Issuer.Token())).AssertAccepted();
        (await server.SendCredentialAsync(Issuer.Token("""{"aud":"x"}"""))).AssertIs(Answer.InvalidToken);
    }
}
