using LambdaChat.Hosting;

namespace LambdaChat.Aws.DynamoDb;

/// <summary>
/// Reads a missing item from the table while the first request arrives. This loads the SDK and opens a connection. Without it, the first
/// reply would not wait long enough for the table. Under SnapStart it runs after the restore only: the client keeps its connections, and a
/// connection from before the snapshot is closed in the restored environment.
/// </summary>
internal sealed class TableWarmup(DynamoTable table) : IHostedService, ISnapshotHook
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(ReadAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task BeforeSnapshotAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AfterRestoreAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);

    private async Task ReadAsync()
    {
        try
        {
            await table.ReadAsync(TableItems.Key("START", "START"), CancellationToken.None);
        }
        catch (Exception exception) when (TableItems.IsFailure(exception))
        {
            // The first request reads the table again and reports the failure.
        }
    }
}
