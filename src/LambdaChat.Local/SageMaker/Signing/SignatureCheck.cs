using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LambdaChat.Local.SageMaker.Responses;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Local.SageMaker.Signing;

/// <summary>
/// Checks the <c>Authorization</c> header of a request as SageMaker does. It accepts the header sets of all AWS SDKs: <c>host</c> and
/// headers that start with <c>x-amz-</c> must be signed, and <c>X-Amz-Content-Sha256</c> is optional.
/// </summary>
internal sealed partial class SignatureCheck(EmulatorCredentials credentials, TimeProvider timeProvider)
{
    private const string Scheme = "AWS4-HMAC-SHA256 ";
    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);

    private readonly SignatureVerifier _verifier = new(credentials);

    /// <summary>Returns null if the signature is valid, else AWS's error.</summary>
    public AwsError? Check(HttpRequest request, ReadOnlySpan<byte> body)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        if (SignatureVerifier.ParseTime(request.Headers["X-Amz-Date"].FirstOrDefault() ?? request.Headers.Date) is not { } time)
        {
            return Incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        }

        if (!header.StartsWith(Scheme, StringComparison.Ordinal) || Authorization.Parse(header[Scheme.Length..]) is not { } authorization)
        {
            return Incomplete("Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.");
        }

        var payloadHash = Convert.ToHexStringLower(SHA256.HashData(body));
        return CheckTime(time)
            ?? CheckHeaders(request, authorization.SignedHeaders.Split(';'), payloadHash)
            ?? _verifier.Check(
                authorization.Scope,
                request.Headers["X-Amz-Security-Token"].ToString(),
                time,
                authorization.SignedHeaders,
                CanonicalRequest(request, authorization.SignedHeaders, payloadHash),
                authorization.Signature);
    }

    private static AwsError Incomplete(string message) => new(403, "IncompleteSignatureException", message);

    private AwsError? CheckTime(DateTime time)
    {
        var now = timeProvider.GetUtcNow();
        var (earliest, latest) = (now - AllowedSkew, now + AllowedSkew);
        var (given, current) = (SignatureVerifier.Format(time), SignatureVerifier.Format(now));
        return time < earliest ? SignatureVerifier.Error(
            $"Signature expired: {given} is now earlier than {SignatureVerifier.Format(earliest)} ({current} - 5 min.)")
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

    private static string CanonicalRequest(HttpRequest request, string signedHeaders, string payloadHash)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        var headers = string.Concat(signedHeaders.Split(';').Select(name => $"{name}:{Fold(request.Headers[name])}\n"));
        var query = CanonicalQuery(target.ElementAtOrDefault(1) ?? "");
        return $"{request.Method}\n{CanonicalPath(target[0])}\n{query}\n{headers}\n{signedHeaders}\n{payloadHash}";
    }

    // "Convert sequential spaces to a single space", and join the values of a header by commas. The SDKs convert tabs, too.
    private static string Fold(IEnumerable<string?> values) =>
        string.Join(',', values.Select(static value => Spaces().Replace(value!.Trim(), " ")));

    // "Each path segment must be URI-encoded twice": once by the client for the request, once here.
    private static string CanonicalPath(string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static segment => segment != "."))
        {
            if (segment == "..")
            {
                segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
            }
            else
            {
                segments.Add(Uri.EscapeDataString(segment));
            }
        }

        return "/" + string.Join('/', segments) + (path.Length > 1 && path.EndsWith('/') ? "/" : "");
    }

    private static string CanonicalQuery(string query) => string.Join('&', query
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(static pair => pair.Split('=', 2))
        .Select(static pair => (Name: Encode(pair[0]), Value: Encode(pair.ElementAtOrDefault(1) ?? "")))
        .OrderBy(static pair => pair.Name, StringComparer.Ordinal).ThenBy(static pair => pair.Value, StringComparer.Ordinal)
        .Select(static pair => $"{pair.Name}={pair.Value}"));

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    private sealed record Authorization(CredentialScope Scope, string SignedHeaders, string Signature)
    {
        // Credential=ID/date/region/service/aws4_request, SignedHeaders=a;b, Signature=hex
        public static Authorization? Parse(string parameters)
        {
            var values = parameters.Split(',', StringSplitOptions.TrimEntries)
                .Select(static part => part.Split('=', 2))
                .Where(static pair => pair.Length == 2)
                .ToLookup(static pair => pair[0], static pair => pair[1]);
            return CredentialScope.Parse(values["Credential"].FirstOrDefault() ?? "") is { } scope &&
                values["SignedHeaders"].FirstOrDefault() is { } headers && values["Signature"].FirstOrDefault() is { } signature
                ? new Authorization(scope, headers, signature)
                : null;
        }
    }
}
