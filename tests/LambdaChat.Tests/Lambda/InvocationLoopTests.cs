using LambdaChat.Lambda;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.Lambda;

/// <summary>Callbacks and contexts at the end of an invocation.</summary>
public sealed class InvocationLoopTests : IDisposable
{
    private readonly RawRuntimeApi _api = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _steps = [];

    public void Dispose()
    {
        _api.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task OnCompleted_Throws_RunsTheOthersAndDisposesTheContext()
    {
        var running = Run(async features =>
        {
            var response = features.GetRequiredFeature<IHttpResponseFeature>();
            response.OnCompleted(_ => Note("first"), this);
            response.OnCompleted(_ => throw new FormatException("thrown by a callback"), this);
            response.OnCompleted(_ => Note("last"), this);
            await features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync("x"u8.ToArray());
        });
        await _api.GiveAsync(FunctionUnderTest.Get);

        var response = await _api.ReceiveAsync();
        Assert.EndsWith("\0x", await response.ReadChunksAsync(), StringComparison.Ordinal);
        await response.AcceptAsync();
        await _api.ReceivePollAsync(); // And no error report.

        Assert.Equal(["last", "first", "disposed"], _steps);
        await StopAsync(running);
    }

    [Fact]
    public async Task Handler_Throws_RunsCallbacksAndDisposesTheContextWithTheError()
    {
        var running = Run(features =>
        {
            features.GetRequiredFeature<IHttpResponseFeature>().OnCompleted(_ => Note("completed"), this);
            throw new FormatException("thrown by the handler");
        });
        await _api.GiveAsync(FunctionUnderTest.Get);

        var error = await _api.ReceiveAsync();
        Assert.EndsWith("/id-1/error HTTP/1.1", error.Line, StringComparison.Ordinal);
        await error.ReadBodyAsync();
        await error.AcceptAsync();
        await _api.ReceivePollAsync();

        Assert.Equal(["completed", "disposed after FormatException"], _steps);
        await StopAsync(running);
    }

    [Fact]
    public async Task OnStarting_Throws_IsReportedAsError()
    {
        var running = Run(async features =>
        {
            features.GetRequiredFeature<IHttpResponseFeature>().OnStarting(_ => throw new FormatException("thrown by a callback"), this);
            await features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync("x"u8.ToArray());
        });
        await _api.GiveAsync(FunctionUnderTest.Get);

        var error = await _api.ReceiveAsync();
        Assert.EndsWith("/id-1/error HTTP/1.1", error.Line, StringComparison.Ordinal);
        Assert.Contains("Function.FormatException", await error.ReadBodyAsync(), StringComparison.Ordinal);
        await error.AcceptAsync();
        await _api.ReceivePollAsync();
        await StopAsync(running);
    }

    private Task Run(Func<IFeatureCollection, Task> handler)
    {
        var loop = new InvocationLoop<IFeatureCollection>(
            new Application(handler, _steps), _api.Environment(), new LambdaServerSettings(TimeSpan.Zero), TimeProvider.System, NullLogger.Instance);
        return loop.RunAsync(_stop.Token);
    }

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private Task Note(string step)
    {
        _steps.Add(step);
        return Task.CompletedTask;
    }

    private sealed class Application(Func<IFeatureCollection, Task> handler, List<string> steps) : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context) => handler(context);

        public void DisposeContext(IFeatureCollection context, Exception? exception) =>
            steps.Add(exception is null ? "disposed" : $"disposed after {exception.GetType().Name}");
    }
}
