using System.Net;
using Microsoft.AspNetCore.Connections;

namespace LambdaChat.Kestrel;

/// <summary>
/// Reports an exception of a listener's accept call. Kestrel only logs such an exception and then accepts no further connections, while the
/// process stays alive.
/// </summary>
/// <param name="onFailure">Called with the exception.</param>
internal sealed class WatchedListenerFactory(IConnectionListenerFactory inner, Action<Exception> onFailure) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), onFailure);

    private sealed class Listener(IConnectionListener inner, Action<Exception> onFailure) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.AcceptAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                onFailure(exception);
                throw;
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
