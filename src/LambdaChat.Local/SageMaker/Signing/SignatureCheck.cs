using System.Security.Cryptography;
using LambdaChat.Local.SageMaker.Responses;

namespace LambdaChat.Local.SageMaker.Signing;

/// <summary>
/// Checks the signature of a request as SageMaker does, in the header or in the query. It accepts the header sets of all AWS SDKs:
/// <c>host</c> and headers that start with <c>x-amz-</c> must be signed, and <c>X-Amz-Content-Sha256</c> is optional. The payload must be
/// signed: <c>UNSIGNED-PAYLOAD</c> and the <c>STREAMING-</c> forms are Amazon S3's.
/// </summary>
internal sealed class SignatureCheck(EmulatorCredentials credentials, TimeProvider timeProvider)
{
    private const string DateName = "X-Amz-Date";
    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);

    private readonly SignatureVerifier _verifier = new(credentials);

    /// <summary>Returns null if the signature is valid, else AWS's error.</summary>
    public AwsError? Check(HttpRequest request, ReadOnlySpan<byte> body)
    {
        var header = request.Headers.Authorization.ToString();
        var isPresigned = header.Length == 0 && request.Query.ContainsKey("X-Amz-Algorithm");
        if (header.Length == 0 && !isPresigned)
        {
            return new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        var date = isPresigned ? request.Query[DateName].ToString() : request.Headers[DateName].FirstOrDefault() ?? request.Headers.Date;
        if (SignatureVerifier.ParseTime(date) is not { } time)
        {
            return Incomplete(isPresigned
                ? $"AWS query-string parameters must include '{DateName}'. Re-examine the query-string parameters."
                : $"Authorization header requires existence of either a '{DateName}' or a 'Date' header.");
        }

        var signature = isPresigned
            ? RequestSignature.ParseQuery(request.Query)
            : RequestSignature.ParseHeader(header, request.Headers[RequestSignature.TokenName].ToString());
        return signature is null
            ? Incomplete(isPresigned
                ? "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-SignedHeaders', " +
                    $"'{RequestSignature.LifetimeName}' and '{RequestSignature.QueryName}'. Re-examine the query-string parameters."
                : "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.")
            : Check(request, signature, time, Convert.ToHexStringLower(SHA256.HashData(body)));
    }

    private AwsError? Check(HttpRequest request, RequestSignature signature, DateTime time, string payloadHash) =>
        CheckTime(time, signature.Lifetime ?? AllowedSkew)
        ?? CheckHeaders(request, signature.SignedHeaders.Split(';'), payloadHash)
        ?? _verifier.Check(
            signature.Scope,
            signature.SessionToken,
            time,
            signature.SignedHeaders,
            CanonicalRequest.Create(request, signature.SignedHeaders, payloadHash, RequestSignature.QueryName),
            signature.Signature);

    private static AwsError Incomplete(string message) => new(403, "IncompleteSignatureException", message);

    private AwsError? CheckTime(DateTime time, TimeSpan lifetime)
    {
        var now = timeProvider.GetUtcNow();
        var (earliest, latest) = (now - lifetime, now + AllowedSkew);
        var (given, current) = (SignatureVerifier.Format(time), SignatureVerifier.Format(now));
        return time < earliest ? SignatureVerifier.Error(
            $"Signature expired: {given} is now earlier than {SignatureVerifier.Format(earliest)} " +
            $"({current} - {Math.Ceiling(lifetime.TotalMinutes)} min.)")
            : time > latest ? SignatureVerifier.Error(
                $"Signature not yet current: {given} is still later than {SignatureVerifier.Format(latest)} ({current} + 5 min.)")
            : null;
    }

    // "You must include the host header and any x-amz-* headers in the request."
    private static AwsError? CheckHeaders(HttpRequest request, string[] signed, string payloadHash)
    {
        if (!signed.Contains("host"))
        {
            return SignatureVerifier.Error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }

        var areSigned = request.Headers.Keys
            .Where(static name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            .All(name => signed.Contains(name.ToLowerInvariant()));
        return areSigned && (request.Headers["X-Amz-Content-Sha256"].FirstOrDefault() ?? payloadHash) == payloadHash
            ? null
            : SignatureVerifier.Mismatch;
    }
}
