namespace LambdaChat.Aws.Credentials;

/// <summary>The credentials that sign a request. They are never logged, and <see cref="ToString"/> does not show them.</summary>
/// <param name="SessionToken">Null for long-term access keys.</param>
internal sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    public override string ToString() => "AWS credentials";
}

/// <summary>Temporary credentials.</summary>
/// <param name="Expires">The time from which AWS refuses them.</param>
internal sealed record ExpiringCredentials(AwsCredentials Credentials, DateTimeOffset Expires);
