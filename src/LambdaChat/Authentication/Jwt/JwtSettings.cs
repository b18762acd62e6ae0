using LambdaChat.Configuration;

namespace LambdaChat.Authentication.Jwt;

/// <summary>Whose tokens open the API, and which of them.</summary>
/// <param name="Issuer">As <c>JWT_ISSUER</c> names it; its metadata lie under <c>/.well-known/openid-configuration</c>.</param>
/// <param name="Audiences">At least one; a token must be for one of them.</param>
/// <param name="Scopes">All that a token must have.</param>
/// <param name="Claim">What a token must say besides, a name and a value; null for nothing.</param>
internal sealed record JwtSettings(Uri Issuer, IReadOnlyList<string> Audiences, IReadOnlyList<string> Scopes, KeyValuePair<string, string>? Claim)
{
    private const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <summary>Where the issuer says what its keys are. Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig</summary>
    public string MetadataAddress => Issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";

    /// <summary>Null where no issuer is configured.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong, or stands without the ones that it needs.</exception>
    public static JwtSettings? Read(IConfiguration configuration)
    {
        var issuer = configuration["JWT_ISSUER"];
        var audiences = (configuration["JWT_AUDIENCE"] ?? "").Split(',', Clean);
        var scopes = (configuration["JWT_SCOPE"] ?? "").Split(' ', Clean);
        var claim = configuration["JWT_CLAIM"];
        if (string.IsNullOrEmpty(issuer))
        {
            return audiences.Length == 0 && scopes.Length == 0 && string.IsNullOrEmpty(claim)
                ? null
                : throw new ConfigurationException("JWT_AUDIENCE, JWT_SCOPE and JWT_CLAIM need JWT_ISSUER.");
        }

        return audiences.Length > 0
            ? new JwtSettings(ReadIssuer(issuer), audiences, scopes, ReadClaim(claim))
            : throw new ConfigurationException("JWT_ISSUER needs JWT_AUDIENCE: without it every token of that issuer would let in.");
    }

    private static Uri ReadIssuer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var issuer) && (issuer.Scheme == Uri.UriSchemeHttps || (issuer.Scheme == Uri.UriSchemeHttp && issuer.IsLoopback))
            ? issuer
            : throw new ConfigurationException("JWT_ISSUER must be the https:// address of an OpenID Connect issuer.");

    private static KeyValuePair<string, string>? ReadClaim(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && equals < text.Length - 1
            ? new(text[..equals].Trim(), text[(equals + 1)..].Trim())
            : throw new ConfigurationException("JWT_CLAIM must be name=value.");
    }
}
