using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using LambdaChat.Local.SageMaker.Responses;

namespace LambdaChat.Local.SageMaker.Signing;

/// <summary>Checks the bearer token of SageMaker's OpenAI route: a presigned request for <c>CallWithBearerToken</c> in Base64.</summary>
internal sealed class BearerTokenCheck(EmulatorCredentials credentials, TimeProvider timeProvider)
{
    private const string Scheme = "Bearer sagemaker-api-key-";
    private const string Host = "sagemaker.amazonaws.com";
    private const string ComponentHeader = "X-Amzn-SageMaker-Inference-Component";
    private const int MaximumLifetime = 43200;
    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);
    private static readonly string EmptyHash = Convert.ToHexStringLower(SHA256.HashData([]));

    private readonly SignatureVerifier _verifier = new(credentials);

    /// <summary>Returns null if the token is valid and the route accepts the request, else AWS's error.</summary>
    public AwsError? Check(HttpRequest request)
    {
        if (Token.Parse(request.Headers.Authorization) is not { } token)
        {
            return new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        return CheckSignature(token) ?? CheckTime(token) ?? (request.Headers.ContainsKey(ComponentHeader)
            ? new AwsError(
                400,
                "ValidationError",
                "Inference Component Name header is not allowed on this path. Name the inference component in the path.")
            : null);
    }

    private AwsError? CheckTime(Token token)
    {
        if (
            !int.TryParse(token["X-Amz-Expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var lifetime)
                || lifetime is < 1 or > MaximumLifetime)
        {
            return SignatureVerifier.Error($"X-Amz-Expires must be between 1 and {MaximumLifetime} seconds.");
        }

        var age = timeProvider.GetUtcNow() - token.Time;
        return age < -AllowedSkew || age > TimeSpan.FromSeconds(lifetime)
            ? new AwsError(403, "ExpiredTokenException", "The security token included in the request is expired")
            : null;
    }

    private AwsError? CheckSignature(Token token)
    {
        // "&Version=1" is appended after signing, so the signature does not cover it.
        var isWellFormed = token["Action"] == "CallWithBearerToken" && token["Version"] == "1" && token["X-Amz-SignedHeaders"] == "host";
        var canonicalRequest = $"POST\n/\n{token.CanonicalQuery}\nhost:{Host}\n\nhost\n{EmptyHash}";
        return _verifier.Check(token.Scope, token["X-Amz-Security-Token"], token.Time, "host", canonicalRequest, token["X-Amz-Signature"])
            ?? (isWellFormed ? null : SignatureVerifier.Mismatch);
    }

    private sealed record Token(IReadOnlyDictionary<string, string> Members, CredentialScope Scope, DateTime Time)
    {
        private const string Start = $"{Host}/?";
        private const string End = "&Version=1";

        public string this[string name] => Members.GetValueOrDefault(name, "");

        public string CanonicalQuery => string.Join('&', Members
            .Where(static member => member.Key is not ("X-Amz-Signature" or "Version"))
            .Select(static member => $"{Uri.EscapeDataString(member.Key)}={Uri.EscapeDataString(member.Value)}")
            .Order(StringComparer.Ordinal));

        // sagemaker.amazonaws.com/?Action=…&X-Amz-Algorithm=…&X-Amz-Credential=SCOPE&…&X-Amz-Signature=hex&Version=1
        public static Token? Parse(string? authorization)
        {
            if (authorization?.StartsWith(Scheme, StringComparison.Ordinal) != true ||
                Decode(authorization[Scheme.Length..]) is not { } url ||
                !url.StartsWith(Start, StringComparison.Ordinal) || !url.EndsWith(End, StringComparison.Ordinal))
            {
                return null;
            }

            var query = HttpUtility.ParseQueryString(url[Start.Length..]);
            var members = query.AllKeys.OfType<string>().ToDictionary(static name => name, name => query[name] ?? "");
            return CredentialScope.Parse(members.GetValueOrDefault("X-Amz-Credential", "")) is { } scope &&
                members.GetValueOrDefault("X-Amz-Algorithm") == "AWS4-HMAC-SHA256" &&
                SignatureVerifier.ParseTime(members.GetValueOrDefault("X-Amz-Date")) is { } time
                ? new Token(members, scope, time)
                : null;
        }

        private static string? Decode(string base64)
        {
            var bytes = new byte[base64.Length];
            return Convert.TryFromBase64String(base64, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
        }
    }
}
