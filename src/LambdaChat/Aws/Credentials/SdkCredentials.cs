using Amazon.Runtime.Credentials;

namespace LambdaChat.Aws.Credentials;

/// <summary>
/// The credential chain of AWSSDK.Core: profiles (<c>AWS_PROFILE</c>), SSO, web identity, containers, instances. It renews temporary
/// credentials. Used only if the environment variables are not set, so that Lambda does not load its assembly for them.
/// </summary>
internal sealed class SdkCredentials : ICredentialSource, IDisposable
{
    private readonly DefaultAWSCredentialsIdentityResolver _chain = new();

    public async ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var resolved = await _chain.ResolveIdentityAsync(clientConfig: null, cancellationToken);
            var credentials = await resolved.GetCredentialsAsync();
            return new AwsCredentials(credentials.AccessKey, credentials.SecretKey, credentials.UseToken ? credentials.Token : null);
        }
        // The sources of the chain throw exceptions of many types: credential_process, for example, one without a common base.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new CredentialsException(exception);
        }
    }

    public void Dispose() => _chain.Dispose();
}
