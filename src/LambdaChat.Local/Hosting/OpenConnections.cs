using Microsoft.AspNetCore.Connections;

namespace LambdaChat.Local.Hosting;

/// <summary>Counts the open connections of a server.</summary>
internal sealed class OpenConnections
{
    private readonly Lock _lock = new();
    private readonly List<(int Most, TaskCompletionSource Reached)> _waiting = [];
    private int _count;

    /// <summary>Completes when at most <paramref name="most"/> connections are open.</summary>
    public Task AtMostAsync(int most)
    {
        lock (_lock)
        {
            if (_count <= most)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((most, reached));
            return reached.Task;
        }
    }

    public void Watch(IConnectionBuilder connections) => connections.Use(next => async connection =>
    {
        Change(1);
        try
        {
            await next(connection);
        }
        finally
        {
            Change(-1);
        }
    });

    private void Change(int by)
    {
        lock (_lock)
        {
            _count += by;
            _waiting.FindAll(wait => _count <= wait.Most).ForEach(wait => wait.Reached.TrySetResult());
            _waiting.RemoveAll(wait => _count <= wait.Most);
        }
    }
}
