namespace LambdaChat.Aws.Credentials;

/// <summary>A source of credentials: the environment on Lambda, the SDK's chain elsewhere.</summary>
internal interface ICredentialSource
{
    /// <summary>Returns credentials that are valid now.</summary>
    /// <exception cref="CredentialsException">No credentials are available.</exception>
    ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken);
}
