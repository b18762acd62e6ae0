namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>The function with an issuer and nothing else to enter by but one key.</summary>
public sealed class TokenFixture(FunctionFixture function) : IAsyncLifetime
{
    private Issuer? _issuer;
    private AuthenticatedFunction? _door;

    internal Issuer Issuer => _issuer!;

    internal AuthenticatedFunction Door => _door!;

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
        _door = await AuthenticatedFunction.OpenAsync(function.Emulator.Address, Variables(_issuer));
    }

    public async ValueTask DisposeAsync()
    {
        await Door.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
