namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Tokens that the issuer has signed, and what they must say.</summary>
public sealed class TokenTests(TokenFixture tokens, FunctionFixture function) : IClassFixture<TokenFixture>
{
    private Issuer Issuer => tokens.Issuer;

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task Token_OfAKnownKey_Enters(string algorithm) => (await tokens.Door.ShowAsync(Issuer.Token(algorithm: algorithm))).AssertEntered();

    [Theory]
    [InlineData("""{"aud":["x","lambdachat"]}""")]
    [InlineData("""{"aud":"another"}""")]
    [InlineData("""{"aud":null,"client_id":"lambdachat"}""")]
    [InlineData("""{"scope":null,"scp":["chat"]}""")]
    [InlineData("""{"scope":["openid","chat"]}""")]
    [InlineData("""{"scope":null,"scp":"chat offline_access"}""")]
    [InlineData("""{"team":["blue","red"]}""")]
    [InlineData("""{"sub":null,"client_id":"backend"}""")]
    public async Task Claims_AsIssuersWriteThem_Enter(string claims) => (await tokens.Door.ShowAsync(Issuer.Token(claims))).AssertEntered();

    [Theory]
    [InlineData("x-api-key: ")]
    [InlineData("api-key: ")]
    [InlineData("Authorization: Bearer nk-")]
    [InlineData("Authorization: bearer ")]
    public async Task Header_OfAKey_TakesATokenToo(string header) => (await tokens.Door.AskAsync(header + Issuer.Token())).AssertEntered();

    [Fact]
    public async Task Key_BesideAnIssuer_StillEnters()
    {
        (await tokens.Door.ShowAsync(FunctionFixture.Key)).AssertEntered();
        (await tokens.Door.ShowAsync("sk-wrong")).AssertIs(Answer.UnknownKey);
        (await tokens.Door.AskAsync()).AssertIs(Answer.NoKey);
    }

    [Fact]
    public async Task Caller_OfAToken_IsItsSubjectAndNoKey()
    {
        var answer = await tokens.Door.ChatAsync(FunctionFixture.Model, $"Authorization: Bearer {Issuer.Token("""{"sub":"alice"}""")}");

        Assert.Equal(200, answer.Status);
        await tokens.Door.Log.WaitForAsync("to jwt:alice by");
    }

    [Theory]
    [InlineData(30)]
    [InlineData(3600)]
    public async Task Clock_WithinItsSkew_Enters(int seconds)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        (await tokens.Door.ShowAsync(Issuer.Token($$"""{"exp":{{now - 30}},"nbf":{{now - 3600}}}"""))).AssertEntered();
        (await tokens.Door.ShowAsync(Issuer.Token($$"""{"exp":{{now + seconds}},"nbf":{{now + 30}}}"""))).AssertEntered();
    }

    [Theory]
    [InlineData("""{"scope":"openid"}""")]
    [InlineData("""{"scope":"chatter"}""")]
    [InlineData("""{"scope":null}""")]
    [InlineData("""{"team":"blue"}""")]
    [InlineData("""{"team":null}""")]
    [InlineData("""{"team":{"red":"red"}}""")]
    public async Task Claims_NotForThisApi_Are403(string claims) => (await tokens.Door.ShowAsync(Issuer.Token(claims))).AssertIs(Answer.InsufficientScope);

    [Fact]
    public async Task Rotation_NewKey_EntersAtOnceAndOldOneNoMore()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var door = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, TokenFixture.Variables(issuer));
        var old = issuer.Token();
        (await door.ShowAsync(old)).AssertEntered();

        issuer.Rotate("2");

        (await door.ShowAsync(issuer.Token())).AssertEntered();
        (await door.ShowAsync(old)).AssertIs(Answer.InvalidToken);
        Assert.Equal(2, issuer.Asked.Count(path => path == "/keys"));
    }

    [Fact]
    public async Task Issuer_Unreachable_Is503ForTokensOnly()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.IsUp = false;
        await using var door = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, TokenFixture.Variables(issuer));

        (await door.ShowAsync(FunctionFixture.Key)).AssertEntered();
        (await door.ShowAsync(issuer.Token())).AssertIs(new Answer(
            503, """{"error":{"message":"Tokens cannot be checked just now. Try again.","type":"server_error","param":null,"code":"issuer_unreachable"}}""", ""));
    }

    [Fact]
    public async Task Issuer_WithAnotherName_IsNotBelieved()
    {
        await using var issuer = await Issuer.StartAsync();
        var variables = TokenFixture.Variables(issuer);
        variables["JWT_ISSUER"] = issuer.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await using var door = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, variables);

        Assert.Equal(503, (await door.ShowAsync(issuer.Token())).Status);
        await door.Log.WaitForAsync("The signing keys of JWT_ISSUER could not be fetched: another issuer's metadata.");
    }

    [Fact]
    public async Task Server_OutsideLambda_TakesTokensToo()
    {
        await using var door = await AuthenticatedFunction.OpenServerAsync(function.Emulator.Address, TokenFixture.Variables(Issuer));

        (await door.ShowAsync(Issuer.Token())).AssertEntered();
        (await door.ShowAsync(Issuer.Token("""{"aud":"x"}"""))).AssertIs(Answer.InvalidToken);
    }
}
