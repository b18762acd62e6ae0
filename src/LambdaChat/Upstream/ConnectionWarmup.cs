using LambdaChat.Aws.Credentials;
using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>
/// Makes a connection to SageMaker while the first request is still on its way in, and loads the code for it, so that the first reply
/// need not wait for either. Only where credentials are at hand: nobody is to wait for a browser login at start.
/// </summary>
internal sealed class ConnectionWarmup(SageMakerClient client, ICredentialSource credentials, ModelCatalog models) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (credentials is EnvironmentCredentials)
        {
            _ = Task.Run(() => client.ConnectAsync(models.Models[0].Targets[0].Region, CancellationToken.None), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
