using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Hosting;
using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>
/// <see cref="ConnectionWarmup"/> under SnapStart. A connection made before the snapshot exists on this side only after it, so the one that
/// loads the code is made by a client of its own and closed; the real one is made after the restore.
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
        using var http = UpstreamExtensions.CreateHttp();
        await new SageMakerClient(http, credentials, roles, tokens, timeProvider).ConnectAsync(Region, cancellationToken);
    }

    public Task AfterRestoreAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(() => client.ConnectAsync(Region, CancellationToken.None), CancellationToken.None);
        return Task.CompletedTask;
    }

    private string Region => models.Models[0].Targets[0].Region;
}
