namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>The function with an issuer and one API key.</summary>
public sealed class TokenFixture(FunctionFixture function) : IAsyncLifetime
{
    private Issuer? _issuer;
    private AuthenticatedFunction? _function;

    internal Issuer Issuer => _issuer!;

    internal AuthenticatedFunction Server => _function!;

    internal static Dictionary<string, string> Variables(Issuer issuer) => new()
    {
        ["JWT_ISSUER"] = issuer.Url,
        ["JWT_AUDIENCE"] = $"another, {Issuer.Audience}",
        ["JWT_SCOPE"] = "chat",
        ["JWT_CLAIM"] = "team=red",
    };

    public async ValueTask InitializeAsync()
    {
        _issuer = await Issuer.StartAsync();
        _function = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, Variables(_issuer));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
