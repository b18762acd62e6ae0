namespace LambdaChat.Aws.Credentials;

/// <summary>What signs a request. Never logged: <see cref="ToString"/> shows only that there are some.</summary>
/// <param name="SessionToken">Null for long-lived keys.</param>
internal sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    public override string ToString() => "AWS credentials";
}
