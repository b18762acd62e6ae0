using System.Collections.Concurrent;

namespace LambdaChat.Aws.Credentials;

/// <summary>The credentials of the roles that endpoints of other accounts are called as: one session a role, renewed before it expires.</summary>
internal sealed class AssumedRoleCredentials(ICredentialSource own, TimeProvider timeProvider) : IDisposable
{
    private readonly ConcurrentDictionary<string, RenewedCredentials> _sessions = new();

    /// <exception cref="CredentialsException">The role cannot be assumed.</exception>
    /// <param name="region">Whose STS is asked where the function has no region of its own.</param>
    public ValueTask<AwsCredentials> GetAsync(string roleArn, string region, CancellationToken cancellationToken)
    {
        if (!_sessions.TryGetValue(roleArn, out var session))
        {
            session = _sessions.GetOrAdd(roleArn, new RenewedCredentials(token => AssumeRoleClient.AssumeAsync(own, roleArn, region, token), timeProvider));
        }

        return session.GetAsync(cancellationToken);
    }

    public void Dispose()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }
    }
}
