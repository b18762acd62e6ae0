using LambdaChat.Aws.Credentials;
using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>
/// Opens a connection to SageMaker at start and loads the code for it, so that the first call waits for neither. Runs with environment
/// credentials only, so that start-up never triggers an SSO login.
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
