using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>A test of the Lambda server with a scripted Runtime API. A handler can wait for <see cref="Step"/>.</summary>
public abstract class LambdaServerTest : IDisposable
{
    private protected RawRuntimeApi Api { get; } = new();

    private protected SemaphoreSlim Step { get; } = new(0);

    public void Dispose()
    {
        Api.Dispose();
        Step.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<FunctionUnderTest> StartAsync(RequestDelegate handler, Action<WebApplication>? configure = null) =>
        FunctionUnderTest.StartAsync(Api.Environment(), handler, configure: configure);
}
