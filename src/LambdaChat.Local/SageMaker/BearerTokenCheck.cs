using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// Checks the token of SageMaker's OpenAI route: a presigned request for <c>CallWithBearerToken</c>, in base64. The signature is computed by
/// AWSSDK.Core's signer and not by the function's, so that the two cannot share a mistake.
/// </summary>
internal sealed class BearerTokenCheck(EmulatorCredentials credentials, TimeProvider timeProvider)
{
    private const string Scheme = "Bearer sagemaker-api-key-";
    private const string Host = "sagemaker.amazonaws.com";
    private const string ComponentHeader = "X-Amzn-SageMaker-Inference-Component";
    private const int MaximumLife = 43200;
    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);

    private static readonly AwsError Mismatch = new(
        403,
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");

    /// <summary>Null where the token is good and the route takes the request, else the error that AWS answers.</summary>
    public AwsError? Check(HttpRequest request)
    {
        if (Token.Parse(request.Headers.Authorization) is not { } token)
        {
            return new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        if (token.AccessKeyId != credentials.AccessKeyId || token["X-Amz-Security-Token"] != credentials.SessionToken)
        {
            return new AwsError(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }

        return CheckTime(token) ?? CheckSignature(token) ?? (request.Headers.ContainsKey(ComponentHeader)
            ? new AwsError(400, "ValidationError", "Inference Component Name header is not allowed on this path. Name the inference component in the path.")
            : null);
    }

    private AwsError? CheckTime(Token token)
    {
        if (!int.TryParse(token["X-Amz-Expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var life) || life is < 1 or > MaximumLife)
        {
            return new AwsError(403, "InvalidSignatureException", $"X-Amz-Expires must be between 1 and {MaximumLife} seconds.");
        }

        var age = timeProvider.GetUtcNow() - token.Time;
        return age < -AllowedSkew || age > TimeSpan.FromSeconds(life)
            ? new AwsError(403, "ExpiredTokenException", "The security token included in the request is expired")
            : null;
    }

    private AwsError? CheckSignature(Token token)
    {
        // "&Version=1" is appended after signing, so the signature does not cover it.
        var isWellFormed = token["Action"] == "CallWithBearerToken" && token["Version"] == "1" && token["X-Amz-SignedHeaders"] == "host";
        var payloadHash = Convert.ToHexStringLower(SHA256.HashData([]));
        var signature = AWS4Signer.ComputeSignature(
            new ImmutableCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken),
            token.Region,
            token.Time,
            "sagemaker",
            "host",
            $"POST\n/\n{token.CanonicalQuery}\nhost:{Host}\n\nhost\n{payloadHash}").Signature;
        return isWellFormed && signature == token["X-Amz-Signature"] ? null : Mismatch;
    }

    private sealed record Token(IReadOnlyDictionary<string, string> Members, string AccessKeyId, string Region, DateTime Time)
    {
        private const string Start = $"{Host}/?";
        private const string End = "&Version=1";

        public string this[string name] => Members.GetValueOrDefault(name, "");

        public string CanonicalQuery => string.Join('&', Members
            .Where(static member => member.Key is not ("X-Amz-Signature" or "Version"))
            .Select(static member => $"{Uri.EscapeDataString(member.Key)}={Uri.EscapeDataString(member.Value)}")
            .Order(StringComparer.Ordinal));

        // sagemaker.amazonaws.com/?Action=…&X-Amz-Algorithm=…&X-Amz-Credential=ID/date/region/service/aws4_request&…&X-Amz-Signature=hex&Version=1
        public static Token? Parse(string? authorization)
        {
            if (authorization?.StartsWith(Scheme, StringComparison.Ordinal) != true || Decode(authorization[Scheme.Length..]) is not { } url ||
                !url.StartsWith(Start, StringComparison.Ordinal) || !url.EndsWith(End, StringComparison.Ordinal))
            {
                return null;
            }

            var query = HttpUtility.ParseQueryString(url[Start.Length..]);
            var members = query.AllKeys.OfType<string>().ToDictionary(static name => name, name => query[name] ?? "");
            var scope = members.GetValueOrDefault("X-Amz-Credential", "").Split('/');
            return scope is [var id, var date, var region, "sagemaker", "aws4_request"] &&
                members.GetValueOrDefault("X-Amz-Algorithm") == "AWS4-HMAC-SHA256" &&
                DateTime.TryParseExact(
                    members.GetValueOrDefault("X-Amz-Date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) &&
                date == time.ToString("yyyyMMdd", CultureInfo.InvariantCulture)
                ? new Token(members, id, region, time)
                : null;
        }

        private static string? Decode(string base64)
        {
            var bytes = new byte[base64.Length];
            return Convert.TryFromBase64String(base64, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
        }
    }
}
