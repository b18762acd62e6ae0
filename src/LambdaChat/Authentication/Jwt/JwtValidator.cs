using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.Authentication.Callers;
using Microsoft.AspNetCore.Authentication;

namespace LambdaChat.Authentication.Jwt;

/// <summary>
/// Validates tokens of the configured issuer. The framework's bearer handler verifies a token, and this class checks its scope and claim.
/// </summary>
internal sealed class JwtValidator(JwtSettings settings, SigningKeys keys) : ICredentialValidator
{
    /// <summary>The maximum length of a token. Tokens of real issuers have a few KiB.</summary>
    private const int MaximumLength = 16 * 1024;

    private const int MaximumNameLength = 128;

    private static readonly string[] SubjectClaims = ["sub", "client_id", "azp"];

    public async Task<AuthenticationResult?> ValidateAsync(HttpContext context, string credential)
    {
        var token = RequestCredential.WithoutPrefix(credential);
        if (JwtHeader.Read(token) is not { } header)
        {
            return null;
        }

        if (token.Length > MaximumLength || !header.IsValid)
        {
            return AuthenticationResult.InvalidToken;
        }

        if (!await keys.LoadAsync(header.KeyId, context.RequestAborted))
        {
            return AuthenticationResult.Unavailable("issuer_unreachable", "Tokens cannot be checked at the moment. Try again.");
        }

        context.Features.Set(new BearerToken(token));
        var result = await context.AuthenticateAsync(JwtExtensions.Scheme);
        return result.Succeeded ? Authenticate(result.Principal) : AuthenticationResult.InvalidToken;
    }

    private AuthenticationResult Authenticate(ClaimsPrincipal principal)
    {
        if (Array.Find(SubjectClaims, name => principal.FindFirst(name)?.Value is { Length: > 0 }) is not { } subject)
        {
            return AuthenticationResult.InvalidToken;
        }

        var isGranted = settings.Scopes.All(scope => HasScope(principal, scope))
            && (settings.Claim is not { } claim || principal.HasClaim(claim.Key, claim.Value));
        return isGranted
            ? AuthenticationResult.Success(new Caller("jwt:" + Name(principal.FindFirst(subject)!.Value)))
            : AuthenticationResult.InsufficientScope;
    }

    // "A JSON string containing a space-separated list of scopes" (RFC 8693); Entra ID names it scp, and other issuers use an array.
    private static bool HasScope(ClaimsPrincipal principal, string scope) =>
        principal.HasClaim(claim => claim.Type is "scope" or "scp" && claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal));

    private static string Name(string subject) =>
        subject.Length <= MaximumNameLength && subject.All(letter => letter is > ' ' and < (char)127)
            ? subject
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)).AsSpan(0, 16));
}

/// <summary>Passes the token to the bearer handler, which by itself reads only the Authorization header.</summary>
internal sealed record BearerToken(string Text);
