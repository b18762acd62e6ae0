using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.FunctionalTests.Upstream;

/// <summary>Endpoints of another account. The emulator accepts only the credentials of the role's session.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private static readonly EmulatorCredentials Session = new("ROLESACCESSKEY", "roles-secret-access-key", "roles-session-token");

    private readonly Log _log = new();
    private SageMakerEmulator? _emulator;
    private SecurityTokenService? _tokens;
    private LocalLambda? _lambda;

    public async ValueTask InitializeAsync()
    {
        _emulator = await SageMakerEmulator.StartAsync(new EmulatorOptions { Pace = 0, Credentials = Session },
            new ScriptedServer(TimeProvider.System));
        _tokens = await SecurityTokenService.StartAsync(Session);
        _lambda = await FunctionFixture.StartLambdaAsync(_emulator.Address, _log, options => options with
        {
            IdleGrace = WaitLimit.Duration, // The session of the role belongs to the process.
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["AWS_ENDPOINT_URL_STS"] = _tokens.Address.ToString(),
                ["MODELS"] = $$"""
                    [{"name":"theirs","endpoint":"demo","roleArn":"{{SecurityTokenService.Role}}"},
                     {"name":"theirsroute","endpoint":"demo","transport":"openai","roleArn":"{{SecurityTokenService.Role}}"},
                     {"name":"closed","endpoint":"demo","roleArn":"{{SecurityTokenService.ClosedRole}}"},
                     {"name":"second","targets":[{"endpoint":"demo","roleArn":"{{SecurityTokenService.ClosedRole}}"},{"endpoint":"demo","roleArn":"{{SecurityTokenService.Role}}"}]},
                     {"name":"own","endpoint":"demo"}]
                    """,
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _lambda!.DisposeAsync();
        await _tokens!.DisposeAsync();
        await _emulator!.DisposeAsync();
    }

    [Fact]
    public async Task Reply_FromAnotherAccount_IsCalledAsItsRole()
    {
        using var client = FunctionFixture.CreateClient(_lambda!.Url);
        var first = await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""", """{"model":"theirs"}"""));
        var second = await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""", """{"model":"theirsroute"}"""));

        Assert.Equal(("[DONE]", "[DONE]"), (first[^1], second[^1]));
        // One session serves both.
        Assert.Equal("AssumeRole lambdachat-local by LOCALSTANDINACCESSKEY at sts", Assert.Single(_tokens!.Calls));
        Assert.NotEqual(200, (await Reply.AskAsync(client, Reply.Request("{}", """{"model":"own"}"""))).Status);
    }

    [Fact]
    public async Task Role_Rejected_IsNotNamedInErrorsOrLogs()
    {
        using var client = FunctionFixture.CreateClient(_lambda!.Url);
        var closed = await Reply.AskAsync(client, Reply.Request("{}", """{"model":"closed"}"""));
        var second = await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""", """{"model":"second"}"""));

        Assert.Equal(502, closed.Status);
        Assert.Contains("\"code\":\"role_denied\"", closed.Body, StringComparison.Ordinal);
        Assert.Equal("[DONE]", second[^1]);
        await _log.WaitForAsync("AssumeRole AccessDenied");
        Assert.DoesNotContain("123456789012", string.Join('\n', [closed.Body, .. _log.Lines]), StringComparison.Ordinal);
    }
}
