using Microsoft.AspNetCore.Connections;

namespace LambdaChat.Local.Hosting;

/// <summary>Counts the connections that a server has open.</summary>
internal sealed class OpenConnections
{
    private readonly Lock _lock = new();
    private readonly List<(int Most, TaskCompletionSource Reached)> _waiting = [];
    private int _count;

    /// <summary>Ends once no more than <paramref name="most"/> are open.</summary>
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
