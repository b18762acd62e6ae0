using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using LambdaChat.Aws.Sdk;

namespace LambdaChat.Aws.Credentials;

/// <summary>
/// Assumes roles with the AWS SDK's STS client, which obeys <c>AWS_ENDPOINT_URL_STS</c>. Each call creates its own client, because there is
/// one call per role and hour. If no model has a role, the SDK's assembly is not loaded.
/// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
/// </summary>
internal static class AssumeRoleClient
{
    private const string DefaultSessionName = "LambdaChat";
    private const int AttemptsAfterTheFirst = 2;

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Starts a session of one hour, the maximum for role chaining.</summary>
    /// <exception cref="CredentialsException">STS refuses or cannot be reached, or the function has no credentials.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<ExpiringCredentials> AssumeAsync(
        ICredentialSource own, string roleArn, string region, CancellationToken cancellationToken)
    {
        var signing = await own.GetAsync(cancellationToken);
        try
        {
            var ownRegion = Environment.GetEnvironmentVariable("AWS_REGION");
            using var sts = CreateClient(signing, string.IsNullOrEmpty(ownRegion) ? region : ownRegion);
            var request = new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = SessionName() };
            var response = await sts.AssumeRoleAsync(request, cancellationToken);
            var session = response.Credentials;
            return new ExpiringCredentials(
                new AwsCredentials(session.AccessKeyId, session.SecretAccessKey, session.SessionToken),
                new DateTimeOffset(session.Expiration!.Value.ToUniversalTime()));
        }
        catch (AmazonServiceException exception) when ((int)exception.StatusCode is >= 400 and < 500 && !IsThrottled(exception))
        {
            throw new CredentialsException(exception)
            {
                Problem = CredentialsProblem.RoleDenied,
                Detail = $"AssumeRole {exception.ErrorCode}",
            };
        }
        catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException or HttpRequestException
            or IOException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CredentialsException(exception) { Problem = CredentialsProblem.Unreachable, Detail = "AssumeRole" };
        }
    }

    // STS responds to too many calls with the status 400.
    private static bool IsThrottled(AmazonServiceException exception) =>
        exception.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
        || exception.ErrorCode is "Throttling" or "ThrottlingException" or "RequestThrottled" or "RequestThrottledException"
            or "TooManyRequestsException" or "RequestLimitExceeded";

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
            HttpClientFactory = new BufferingClientFactory(),
        });
    }

    // CloudTrail shows the name in the other account.
    private static string SessionName() =>
        Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME") is { Length: > 1 } name ? name : DefaultSessionName;
}
