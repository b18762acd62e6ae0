namespace LambdaChat.Aws.Credentials;

/// <summary>Where credentials come from: the environment on Lambda, the SDK's chain elsewhere.</summary>
internal interface ICredentialSource
{
    /// <summary>Credentials that are good now.</summary>
    /// <exception cref="CredentialsException">There are none.</exception>
    ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken);
}
