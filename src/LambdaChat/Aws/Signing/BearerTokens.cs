using System.Collections.Concurrent;
using System.Text;
using LambdaChat.Aws.Credentials;

namespace LambdaChat.Aws.Signing;

/// <summary>
/// Creates bearer tokens for SageMaker's OpenAI route and caches one per region and role. A token has the permissions of the credentials
/// that signed it, so it is never logged and never sent to a client. Thread-safe.
/// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-openai-compatible.html. The format is that of the SDK's
/// <c>generate_token</c>.
/// </summary>
internal sealed class BearerTokens(TimeProvider timeProvider)
{
    private const string Host = "sagemaker.amazonaws.com"; // The same in every region. The scope contains the endpoint's region.

    // AWS allows 12 hours. A short lifetime limits the damage of a leaked token.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5); // The minimum remaining lifetime of a token that is returned.

    private readonly ConcurrentDictionary<string, Token> _tokens = new();

    /// <summary>Returns a token for the endpoints of a region, valid for 5 to 15 more minutes. Makes no network call.</summary>
    /// <param name="roleArn">The role of the credentials; null for the function's own role.</param>
    public string Get(string region, AwsCredentials credentials, string? roleArn = null)
    {
        var key = roleArn is null ? region : $"{region} {roleArn}";
        var now = timeProvider.GetUtcNow();
        if (!_tokens.TryGetValue(key, out var token) || !token.IsValid(credentials, now))
        {
            // Concurrent callers may each create a token. All are valid, and the last one is cached.
            _tokens[key] = token = new Token(Create(region, credentials, now), credentials, now);
        }

        return token.Value;
    }

    private static string Create(string region, AwsCredentials credentials, DateTimeOffset now)
    {
        var query = new SigV4Signer(region, "sagemaker").Presign("POST", Host, "CallWithBearerToken", Lifetime, credentials, now);
        var request = $"{Host}/?{query}&Version=1"; // The version is not signed.
        return $"sagemaker-api-key-{Convert.ToBase64String(Encoding.UTF8.GetBytes(request))}";
    }

    // Not a record, whose ToString would show the token.
    private sealed class Token(string value, AwsCredentials credentials, DateTimeOffset time)
    {
        public string Value => value;

        // After the clock has been set back, the token has a future date and would be refused.
        public bool IsValid(AwsCredentials current, DateTimeOffset now) =>
            current == credentials && now >= time && now <= time + Lifetime - Reserve;
    }
}
