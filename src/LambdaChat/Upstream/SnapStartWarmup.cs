using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Hosting;
using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>
/// <see cref="ConnectionWarmup"/> under SnapStart. Before the snapshot, a separate client opens and closes a connection to load the code.
/// A connection does not survive a restore, so the shared client opens its own afterwards.
/// </summary>
internal sealed class SnapStartWarmup(
    SageMakerClient client,
    ICredentialSource credentials,
    AssumedRoleCredentials roles,
    BearerTokens tokens,
    ModelCatalog models,
    TimeProvider timeProvider) : ISnapshotHook
{
    public async Task BeforeSnapshotAsync(CancellationToken cancellationToken)
    {
        using var http = UpstreamConnections.CreateHttp();
        await new SageMakerClient(http, credentials, roles, tokens, timeProvider).ConnectAsync(Region, cancellationToken);
    }

    public Task AfterRestoreAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(() => client.ConnectAsync(Region, CancellationToken.None), CancellationToken.None);
        return Task.CompletedTask;
    }

    private string Region => models.Models[0].Targets[0].Region;
}
