using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// Checks a request's Signature Version 4 as SageMaker does. The signature is computed by AWSSDK.Core's signer and not by the
/// function's, so that the two cannot share a mistake.
/// </summary>
internal sealed class SignatureCheck(EmulatorCredentials credentials, TimeProvider timeProvider)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);

    /// <summary>Null where the request is signed well, else the error that AWS answers.</summary>
    public AwsError? Check(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (Authorization.Parse(request.Headers.Authorization) is not { } authorization)
        {
            return new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        if (authorization.AccessKeyId != credentials.AccessKeyId || request.Headers["X-Amz-Security-Token"] != credentials.SessionToken)
        {
            return new AwsError(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }

        if (!DateTime.TryParseExact(
            request.Headers["X-Amz-Date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ||
            (timeProvider.GetUtcNow() - time).Duration() > AllowedSkew)
        {
            return new AwsError(403, "InvalidSignatureException", "Signature expired or not yet current.");
        }

        var payloadHash = Convert.ToHexStringLower(SHA256.HashData(body));
        var signature = AWS4Signer.ComputeSignature(
            new ImmutableCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken),
            authorization.Region,
            time,
            "sagemaker",
            authorization.SignedHeaders,
            CanonicalRequest(request, authorization.SignedHeaders, payloadHash)).Signature;
        return signature == authorization.Signature && HasNeededHeaders(request, authorization.SignedHeaders, payloadHash)
            ? null
            : new AwsError(
                403,
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");
    }

    // "You must include the host header and any x-amz-* headers in the request."
    private static bool HasNeededHeaders(HttpRequest request, string signedHeaders, string payloadHash)
    {
        var signed = signedHeaders.Split(';');
        return signed.Contains("host") &&
            request.Headers["X-Amz-Content-Sha256"] == payloadHash &&
            request.Headers.Keys.Where(name => name.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase)).All(name => signed.Contains(name.ToLowerInvariant()));
    }

    private static string CanonicalRequest(HttpRequest request, string signedHeaders, string payloadHash)
    {
        var headers = new StringBuilder();
        foreach (var name in signedHeaders.Split(';'))
        {
            headers.Append(CultureInfo.InvariantCulture, $"{name}:{request.Headers[name].ToString().Trim()}\n");
        }

        return $"{request.Method}\n{request.Path.ToUriComponent()}\n\n{headers}\n{signedHeaders}\n{payloadHash}";
    }

    private sealed record Authorization(string AccessKeyId, string Region, string SignedHeaders, string Signature)
    {
        // AWS4-HMAC-SHA256 Credential=ID/date/region/service/aws4_request, SignedHeaders=a;b, Signature=hex
        public static Authorization? Parse(string? value)
        {
            if (value?.StartsWith(Algorithm + " ", StringComparison.Ordinal) != true)
            {
                return null;
            }

            var parts = value[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries)
                .Select(part => part.Split('=', 2))
                .Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0], pair => pair[1]);
            var scope = parts.GetValueOrDefault("Credential", "").Split('/');
            return scope is [var id, _, var region, "sagemaker", "aws4_request"] && parts.TryGetValue("SignedHeaders", out var headers) && parts.TryGetValue("Signature", out var signature)
                ? new Authorization(id, region, headers, signature)
                : null;
        }
    }
}
