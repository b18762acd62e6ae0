using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace LambdaChat.Aws.Credentials;

/// <summary>
/// The credential chain of AWSSDK.Core: profiles (<c>AWS_PROFILE</c>), SSO, web identity, containers, instances. It renews temporary
/// credentials. Used only if the environment variables are not set, so that its assembly is never loaded on Lambda.
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
        catch (AmazonClientException exception)
        {
            throw new CredentialsException(exception);
        }
    }

    public void Dispose() => _chain.Dispose();
}
