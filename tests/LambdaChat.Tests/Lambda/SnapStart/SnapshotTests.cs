using LambdaChat.Hosting;
using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Lambda.SnapStart;

[Collection("exit code")]
public sealed class SnapshotTests : IDisposable
{
    private readonly RawRuntimeApi _api = new();
    private readonly LoggedMessages _log = new();
    private readonly List<string> _steps = [];

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task SnapStart_WaitsForTheRestore_BeforeTheFirstPoll()
    {
        await using var function = await StartAsync(new Hook("a", _steps), new Hook("b", _steps));
        var restore = await _api.ReceiveAsync();

        Assert.Equal("GET /2018-06-01/runtime/restore/next HTTP/1.1", restore.Line);
        Assert.Equal(["before a", "before b"], _steps);

        await restore.Connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());
        await _api.GiveAsync(FunctionUnderTest.Get);
        var response = await _api.ReceiveAsync();

        Assert.EndsWith("\0ok", await response.ReadChunksAsync(), StringComparison.Ordinal);
        Assert.Equal(["before a", "before b", "after a", "after b"], _steps);
    }

    [Fact]
    public async Task SnapStart_FailingHook_IsReportedAndStopsTheHost()
    {
        await using var function = await StartAsync(new Hook("a", _steps) { Fails = true });
        var restore = await _api.ReceiveAsync();
        await restore.Connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());
        var stopped = new TaskCompletionSource();
        function.Lifetime.ApplicationStopping.Register(stopped.SetResult);

        var error = await _api.ReceiveAsync();

        Assert.Equal("POST /2018-06-01/runtime/restore/error HTTP/1.1", error.Line);
        Assert.Contains("Lambda-Runtime-Function-Error-Type: Function.FormatException", error.Head, StringComparison.Ordinal);
        Assert.Equal(
            """{"errorMessage":"The function failed. See its log for the cause.","errorType":"Function.FormatException","stackTrace":[]}""",
            await error.ReadBodyAsync());
        await error.AcceptAsync();
        await stopped.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task SnapStart_HookFailingBeforeTheSnapshot_IsAnInitError()
    {
        var failing = new Hook("a", _steps) { FailureBefore = new FormatException() };
        await using var function = await StartAsync(failing, new Hook("b", _steps));
        var stopped = new TaskCompletionSource();
        function.Lifetime.ApplicationStopping.Register(stopped.SetResult);

        var error = await _api.ReceiveAsync();

        Assert.Equal("POST /2018-06-01/runtime/init/error HTTP/1.1", error.Line);
        Assert.Contains("Lambda-Runtime-Function-Error-Type: Function.FormatException", error.Head, StringComparison.Ordinal);
        Assert.Contains("\"errorType\":\"Function.FormatException\"", await error.ReadBodyAsync(), StringComparison.Ordinal);
        await error.AcceptAsync();
        await stopped.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["before a"], _steps);
    }

    [Fact]
    public async Task SnapStart_RestoreRefused_StopsTheHost()
    {
        await using var function = await StartAsync(new Hook("a", _steps));
        var restore = await _api.ReceiveAsync();
        var stopped = new TaskCompletionSource();
        function.Lifetime.ApplicationStopping.Register(stopped.SetResult);

        await restore.Connection.SendAsync("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());

        await stopped.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("The Runtime API does not respond.", await _log.WaitForAsync(LogLevel.Critical), StringComparison.Ordinal);
        Assert.Equal(["before a"], _steps);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)] // The failure of the hook, and the lost report of it.
    public async Task SnapStart_ConnectionRefused_StopsTheHost(bool hookFails, int messages)
    {
        _api.Refuse();

        await using var function = await StartAsync(new Hook("a", _steps) { FailureBefore = hookFails ? new FormatException() : null });

        Assert.True(function.Lifetime.ApplicationStopping.IsCancellationRequested);
        var logged = _log.TakeAll(LogLevel.Critical).ToList();
        Assert.Equal("The Runtime API does not respond. The process ends.", logged[^1]);
        Assert.Equal(messages, logged.Count);
    }

    [Fact]
    public async Task SnapStart_StopBeforeTheRestore_IsNoFailure()
    {
        await using var function = await StartAsync();
        await _api.ReceiveAsync();

        await function.StopAsync();

        Assert.Empty(_log.TakeAll(LogLevel.Critical));
    }

    private Task<FunctionUnderTest> StartAsync(params ISnapshotHook[] hooks) => FunctionUnderTest.StartAsync(
        _api.Environment() with { IsSnapStart = true },
        context => context.Response.WriteAsync("ok"),
        configure: app => _log.AddTo(app.Services),
        hooks: hooks);

    private sealed class Hook(string name, List<string> steps) : ISnapshotHook
    {
        public Exception? FailureBefore { get; init; }

        public bool Fails { get; init; }

        public Task BeforeSnapshotAsync(CancellationToken cancellationToken)
        {
            steps.Add($"before {name}");
            return FailureBefore is { } failure ? throw failure : Task.CompletedTask;
        }

        public Task AfterRestoreAsync(CancellationToken cancellationToken)
        {
            steps.Add($"after {name}");
            return Fails ? throw new FormatException() : Task.CompletedTask;
        }
    }
}
