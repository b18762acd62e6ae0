using System.Collections.Concurrent;
using System.Text;
using LambdaChat.Aws.Credentials;

namespace LambdaChat.Aws.Signing;

/// <summary>
/// Makes the bearer tokens of SageMaker's OpenAI route, one kept for each region and role. A token carries the authority of who signed it: it is
/// never logged and never shown to a client. Many invocations may ask at once.
/// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-openai-compatible.html; the token's form is the one that its
/// <c>generate_token</c> makes.
/// </summary>
internal sealed class BearerTokens(TimeProvider timeProvider)
{
    private const string Host = "sagemaker.amazonaws.com"; // In every region; the scope names the endpoint's.

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15); // Of 12 hours at most: a token that leaks is worth little.
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5); // Left to a token that is handed out, at least.

    private readonly ConcurrentDictionary<string, Token> _tokens = new();

    /// <summary>A token for the endpoints of a region, good for some five to fifteen minutes. No call is made for it.</summary>
    /// <param name="roleArn">Whose credentials these are; null for the function's own.</param>
    public string Get(string region, AwsCredentials credentials, string? roleArn = null)
    {
        var key = roleArn is null ? region : $"{region} {roleArn}";
        var now = timeProvider.GetUtcNow();
        if (!_tokens.TryGetValue(key, out var token) || !token.IsGood(credentials, now))
        {
            // Who asks at the same time makes one too; both are good, and one of them stays.
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

    // No record: its ToString would show the token.
    private sealed class Token(string value, AwsCredentials credentials, DateTimeOffset time)
    {
        public string Value => value;

        // Where the clock was set back, the token is one of the future, and would be refused.
        public bool IsGood(AwsCredentials asking, DateTimeOffset now) =>
            asking == credentials && now >= time && now <= time + Lifetime - Reserve;
    }
}
