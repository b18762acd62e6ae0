namespace LambdaChat.Aws.Credentials;

/// <summary>Credentials of a session.</summary>
/// <param name="Expires">From then on AWS refuses them.</param>
internal sealed record ExpiringCredentials(AwsCredentials Credentials, DateTimeOffset Expires);
