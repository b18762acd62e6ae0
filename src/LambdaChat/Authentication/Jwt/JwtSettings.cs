using LambdaChat.Configuration;

namespace LambdaChat.Authentication.Jwt;

/// <summary>The issuer whose tokens are accepted, and what a token must contain.</summary>
/// <param name="Issuer">The value of <c>JWT_ISSUER</c>. Its metadata are under <c>/.well-known/openid-configuration</c>.</param>
/// <param name="Audiences">At least one. A token must name one of them.</param>
/// <param name="Scopes">A token must have all of them.</param>
/// <param name="Claim">The name and value of a further claim that a token must have; null for none.</param>
internal sealed record JwtSettings(
    Uri Issuer, IReadOnlyList<string> Audiences, IReadOnlyList<string> Scopes, KeyValuePair<string, string>? Claim)
{
    private const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <summary>
    /// The address of the issuer's metadata. Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    /// </summary>
    public string MetadataAddress => Issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";

    /// <summary>Returns null if no issuer is configured.</summary>
    /// <exception cref="ConfigurationException">A setting is invalid, or requires another setting that is missing.</exception>
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
                : throw new ConfigurationException("JWT_AUDIENCE, JWT_SCOPE and JWT_CLAIM require JWT_ISSUER.");
        }

        return audiences.Length > 0
            ? new JwtSettings(ReadIssuer(issuer), audiences, scopes, ReadClaim(claim))
            : throw new ConfigurationException(
                "JWT_ISSUER requires JWT_AUDIENCE. Without an audience, every token of the issuer would be accepted.");
    }

    private static Uri ReadIssuer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var issuer)
            && (issuer.Scheme == Uri.UriSchemeHttps || (issuer.Scheme == Uri.UriSchemeHttp && issuer.IsLoopback))
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
