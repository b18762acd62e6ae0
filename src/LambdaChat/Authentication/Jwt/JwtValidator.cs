using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.Authentication.Callers;
using Microsoft.AspNetCore.Authentication;

namespace LambdaChat.Authentication.Jwt;

/// <summary>
/// Lets in who shows a token of the configured issuer. The framework's bearer handler proves it; the scope and the claim are looked at here.
/// </summary>
internal sealed class JwtValidator(JwtSettings settings, SigningKeys keys) : ICredentialValidator
{
    /// <summary>Of a token; those of real issuers have a few KiB.</summary>
    private const int MaximumLength = 16 * 1024;

    private const int MaximumNameLength = 128;

    private static readonly string[] SubjectClaims = ["sub", "client_id", "azp"];

    public async Task<AuthenticationResult?> JudgeAsync(HttpContext context, string credential)
    {
        if (!JwtHeader.HasFormOfToken(credential))
        {
            return null;
        }

        var token = RequestCredential.WithoutPrefix(credential);
        if (token.Length > MaximumLength || !JwtHeader.TryReadKeyId(token, out var keyId))
        {
            return AuthenticationResult.InvalidToken;
        }

        if (!await keys.LoadAsync(keyId, context.RequestAborted))
        {
            return AuthenticationResult.Undecided("issuer_unreachable", "Tokens cannot be checked just now. Try again.");
        }

        context.Features.Set(new BearerToken(token));
        var result = await context.AuthenticateAsync(JwtExtensions.Scheme);
        return result.Succeeded ? Judge(result.Principal) : AuthenticationResult.InvalidToken;
    }

    private AuthenticationResult Judge(ClaimsPrincipal principal)
    {
        if (Array.Find(SubjectClaims, name => principal.FindFirst(name)?.Value is { Length: > 0 }) is not { } subject)
        {
            return AuthenticationResult.InvalidToken;
        }

        var isMeant = settings.Scopes.All(scope => HasScope(principal, scope)) && (settings.Claim is not { } claim || principal.HasClaim(claim.Key, claim.Value));
        return isMeant ? AuthenticationResult.Enter(new Caller("jwt:" + Name(principal.FindFirst(subject)!.Value))) : AuthenticationResult.InsufficientScope;
    }

    // "A JSON string containing a space-separated list of scopes" (RFC 8693); Entra calls it scp, others give an array.
    private static bool HasScope(ClaimsPrincipal principal, string scope) =>
        principal.HasClaim(claim => claim.Type is "scope" or "scp" && claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal));

    private static string Name(string subject) =>
        subject.Length <= MaximumNameLength && subject.All(letter => letter is > ' ' and < (char)127)
            ? subject
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)).AsSpan(0, 16));
}

/// <summary>The token for the bearer handler, which itself would look in one header only.</summary>
internal sealed record BearerToken(string Text);
