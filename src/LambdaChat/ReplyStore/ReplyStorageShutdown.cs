namespace LambdaChat.ReplyStore;

/// <summary>
/// Lets a web server that stops store the ends of its last replies. Hosted services stop in the reverse order of their registration, and
/// the server is the last one.
/// </summary>
internal sealed class ReplyStorageShutdown(ReplyStorage storage) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => storage.WaitForEndsAsync();
}
