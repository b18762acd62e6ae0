namespace LambdaChat.Aws.Credentials;

/// <summary>
/// The credentials in the three environment variables. On Lambda they are the role's and stay valid for the life of the execution
/// environment.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
/// </summary>
internal sealed class EnvironmentCredentials(AwsCredentials credentials) : ICredentialSource
{
    /// <summary>Returns null if the variables are not set.</summary>
    public static EnvironmentCredentials? Read()
    {
        var accessKeyId = Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID");
        var secretAccessKey = Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY");
        var sessionToken = Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN");
        return string.IsNullOrEmpty(accessKeyId) || string.IsNullOrEmpty(secretAccessKey)
            ? null
            : new EnvironmentCredentials(
                new AwsCredentials(accessKeyId, secretAccessKey, string.IsNullOrEmpty(sessionToken) ? null : sessionToken));
    }

    public ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credentials);
}
