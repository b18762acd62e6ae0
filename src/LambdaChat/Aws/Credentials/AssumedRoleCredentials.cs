using System.Collections.Concurrent;

namespace LambdaChat.Aws.Credentials;

/// <summary>
/// The credentials of the roles for endpoints of other accounts. Each role has one session, which is renewed before it expires.
/// </summary>
internal sealed class AssumedRoleCredentials(ICredentialSource own, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, RenewedCredentials> _sessions = new();

    /// <param name="region">The region of STS if the function itself has no region.</param>
    /// <exception cref="CredentialsException">The role cannot be assumed.</exception>
    public ValueTask<AwsCredentials> GetAsync(string roleArn, string region, CancellationToken cancellationToken)
    {
        if (!_sessions.TryGetValue(roleArn, out var session))
        {
            var created = new RenewedCredentials(token => AssumeRoleClient.AssumeAsync(own, roleArn, region, token), timeProvider);
            session = _sessions.GetOrAdd(roleArn, created);
        }

        return session.GetAsync(cancellationToken);
    }
}
