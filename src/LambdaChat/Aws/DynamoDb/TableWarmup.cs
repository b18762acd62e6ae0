namespace LambdaChat.Aws.DynamoDb;

/// <summary>
/// Asks the table for nothing while the first request is still on its way in: that loads the SDK and opens a connection, for which the
/// first byte of a reply would not wait long enough.
/// </summary>
internal sealed class TableWarmup(DynamoTable table) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(AskAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task AskAsync()
    {
        try
        {
            await table.ReadAsync(TableItems.Key("START", "START"), CancellationToken.None);
        }
        catch (Exception exception) when (TableItems.IsFailure(exception))
        {
            // The first request will find out, and say so.
        }
    }
}
