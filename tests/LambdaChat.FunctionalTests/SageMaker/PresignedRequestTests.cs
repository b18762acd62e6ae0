using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using LambdaChat.Local.SageMaker.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>Requests whose signature is in the query.</summary>
public sealed class PresignedRequestTests
{
    private const string Path = "/endpoints/e/invocations";
    private const string Incomplete = "IncompleteSignatureException: AWS query-string parameters must include ";

    private static readonly DateTime Now = new(2026, 11, 28, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(0, "900")]
    [InlineData(-900, "900")]
    [InlineData(-604_800, "604800")]
    [InlineData(300, "1")]
    public void Request_WithinItsLifetime_IsAccepted(int seconds, string lifetime) =>
        Assert.Null(Check(Now.AddSeconds(seconds), lifetime));

    [Theory]
    [InlineData(-901, "Signature expired: 20261128T114459Z is now earlier than 20261128T114500Z (20261128T120000Z - 15 min.)")]
    [InlineData(301, "Signature not yet current: 20261128T120501Z is still later than 20261128T120500Z (20261128T120000Z + 5 min.)")]
    public void Request_OutsideItsLifetime_IsRefused(int seconds, string message) =>
        Assert.Equal($"InvalidSignatureException: {message}", Check(Now.AddSeconds(seconds)));

    [Theory]
    [InlineData("0")]
    [InlineData("604801")]
    [InlineData("soon")]
    public void Lifetime_OutOfRange_IsRefused(string lifetime) =>
        Assert.StartsWith($"{Incomplete}'X-Amz-Algorithm'", Check(Now, lifetime), StringComparison.Ordinal);

    [Theory]
    [InlineData("X-Amz-Date")]
    [InlineData("X-Amz-Expires")]
    [InlineData("X-Amz-Credential")]
    [InlineData("X-Amz-SignedHeaders")]
    [InlineData("X-Amz-Signature")]
    public void Request_WithoutAParameter_IsRefused(string name) =>
        Assert.StartsWith(
            Incomplete, Check(Now, edit: query => query.Replace(name, "X", StringComparison.Ordinal)), StringComparison.Ordinal);

    [Theory]
    [InlineData("X-Amz-Signature=", "X-Amz-Signature=0", "InvalidSignatureException")]
    [InlineData("X-Amz-Expires=900", "X-Amz-Expires=901", "InvalidSignatureException")]
    [InlineData("X-Amz-Security-Token=", "X-Amz-Security-Token=0", "UnrecognizedClientException")]
    [InlineData("X-Amz-Algorithm=", "X-Amz-Algorithm=0", "IncompleteSignatureException")]
    [InlineData("X-Amz-Algorithm=", "Algorithm=", "MissingAuthenticationTokenException")]
    public void Request_ThatWasChanged_IsRefused(string old, string changed, string error) =>
        Assert.StartsWith(
            $"{error}: ", Check(Now, edit: query => query.Replace(old, changed, StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public void Request_WithAnotherBody_IsRefused() =>
        Assert.StartsWith("InvalidSignatureException: ", Check(Now, body: "{}"), StringComparison.Ordinal);

    /// <summary>The error type and message; null if the request is accepted.</summary>
    private static string? Check(DateTime time, string lifetime = "900", Func<string, string>? edit = null, string body = "")
    {
        var query = Presign(time, lifetime);
        query = edit?.Invoke(query) ?? query;
        var context = new DefaultHttpContext { Request = { Method = "POST", QueryString = new QueryString($"?{query}") } };
        context.Request.Headers.Host = "127.0.0.1:8090";
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = $"{Path}?{query}";
        var check = new SignatureCheck(EmulatorCredentials.Default, new FixedTime(Now));
        return check.Check(context.Request, Encoding.UTF8.GetBytes(body)) is { } error ? $"{error.Type}: {error.Message}" : null;
    }

    private static string Presign(DateTime time, string lifetime)
    {
        var (id, secret, token) = EmulatorCredentials.Default;
        var date = time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = Uri.EscapeDataString($"{id}/{date[..8]}/us-east-1/sagemaker/aws4_request");
        var query =
            $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}&X-Amz-Date={date}&X-Amz-Expires={lifetime}" +
            $"&X-Amz-Security-Token={Uri.EscapeDataString(token)}&X-Amz-SignedHeaders=host";
        var hash = Convert.ToHexStringLower(SHA256.HashData([]));
        var signature = AWS4Signer.ComputeSignature(
            new ImmutableCredentials(id, secret, token), "us-east-1", time, "sagemaker", "host",
            $"POST\n{Path}\n{query}\nhost:127.0.0.1:8090\n\nhost\n{hash}").Signature;
        return $"{query}&X-Amz-Signature={signature}";
    }
}
