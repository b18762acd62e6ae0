using System.Net;
using LambdaChat.Kestrel;
using Microsoft.AspNetCore.Connections;

namespace LambdaChat.Tests.Kestrel;

public sealed class WatchedListenerFactoryTests
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 0);

    private readonly List<Exception> _failures = [];

    [Fact]
    public async Task Accept_Throws_IsReported()
    {
        var problem = new IOException();
        var listener = await BindAsync(() => throw problem);

        await Assert.ThrowsAsync<IOException>(async () => await listener.AcceptAsync(TestContext.Current.CancellationToken));

        Assert.Equal([problem], _failures);
    }

    [Fact]
    public async Task Accept_EndsOrIsCancelled_IsNotReported()
    {
        var closed = await BindAsync(() => null);
        var cancelled = await BindAsync(() => throw new OperationCanceledException());

        Assert.Null(await closed.AcceptAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await cancelled.AcceptAsync(TestContext.Current.CancellationToken));

        Assert.Empty(_failures);
    }

    [Fact]
    public async Task Accept_Connection_IsPassedOn()
    {
        await using var connection = new DefaultConnectionContext();
        var listener = await BindAsync(() => connection);

        Assert.Same(connection, await listener.AcceptAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Address, listener.EndPoint);
    }

    private ValueTask<IConnectionListener> BindAsync(Func<ConnectionContext?> accept) =>
        new WatchedListenerFactory(new ScriptedListener(accept), _failures.Add).BindAsync(Address, TestContext.Current.CancellationToken);

    private sealed class ScriptedListener(Func<ConnectionContext?> accept) : IConnectionListenerFactory, IConnectionListener
    {
        public EndPoint EndPoint => Address;

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IConnectionListener>(this);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(accept());

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
