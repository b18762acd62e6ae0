using LambdaChat.FunctionalTests.Attacks;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>The page of a function that stores replies. Each test has its own function, and a gate for the model server's events.</summary>
public abstract class StoredPageTests(PageFixture fixture) : IAsyncLifetime
{
    private KestrelFunction? _function;

    protected PageFixture Fixture => fixture;

    protected Uri Url => _function!.Url;

    protected string Gate { get; } = Guid.NewGuid().ToString();

    public async ValueTask InitializeAsync() => _function = await fixture.StartStoredFunctionAsync();

    public async ValueTask DisposeAsync()
    {
        if (_function is not null)
        {
            await _function.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
