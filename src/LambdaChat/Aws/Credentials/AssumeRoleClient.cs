using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace LambdaChat.Aws.Credentials;

/// <summary>
/// AWS STS, by the SDK, which honours <c>AWS_ENDPOINT_URL_STS</c>. Once an hour for each role, so that a client is made for each call; where no
/// model names a role none is, and the assembly is not loaded.
/// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
/// </summary>
internal static class AssumeRoleClient
{
    private const string DefaultSessionName = "LambdaChat";
    private const int AttemptsAfterTheFirst = 2;

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A session of the role, an hour long: the longest for who has a role already.</summary>
    /// <exception cref="CredentialsException">STS refuses, does not answer, or the function has no credentials itself.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<ExpiringCredentials> AssumeAsync(ICredentialSource own, string roleArn, string region, CancellationToken cancellationToken)
    {
        var signing = await own.GetAsync(cancellationToken);
        try
        {
            using var sts = CreateClient(signing, Environment.GetEnvironmentVariable("AWS_REGION") is { Length: > 0 } ownRegion ? ownRegion : region);
            var response = await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = SessionName() }, cancellationToken);
            var session = response.Credentials;
            return new ExpiringCredentials(
                new AwsCredentials(session.AccessKeyId, session.SecretAccessKey, session.SessionToken),
                new DateTimeOffset(session.Expiration!.Value.ToUniversalTime()));
        }
        catch (AmazonServiceException exception) when ((int)exception.StatusCode is >= 400 and < 500)
        {
            throw new CredentialsException(exception) { Problem = CredentialsProblem.RoleDenied, Detail = $"AssumeRole {exception.ErrorCode}" };
        }
        catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CredentialsException(exception) { Problem = CredentialsProblem.Unreachable, Detail = "AssumeRole" };
        }
    }

    private static AmazonSecurityTokenServiceClient CreateClient(AwsCredentials signing, string region)
    {
        AWSCredentials credentials = signing.SessionToken is null
            ? new BasicAWSCredentials(signing.AccessKeyId, signing.SecretAccessKey)
            : new SessionAWSCredentials(signing.AccessKeyId, signing.SecretAccessKey, signing.SessionToken);
        return new AmazonSecurityTokenServiceClient(credentials, new AmazonSecurityTokenServiceConfig
        {
            RegionEndpoint = RegionEndpoint.GetBySystemName(region),
            Timeout = AttemptTimeout,
            MaxErrorRetry = AttemptsAfterTheFirst,
        });
    }

    // Shown by CloudTrail in the other account.
    private static string SessionName() => Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME") is { Length: > 1 } name ? name : DefaultSessionName;
}
