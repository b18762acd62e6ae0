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
    /// <summary>
    /// The address of the issuer's metadata. Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    /// </summary>
    public string MetadataAddress => Issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";

    /// <summary>Returns null if no issuer is configured.</summary>
    /// <exception cref="ConfigurationException">A setting is invalid, or requires another setting that is missing.</exception>
    public static JwtSettings? Read(IConfiguration configuration)
    {
        var issuer = configuration.GetAddress("JWT_ISSUER", "https://issuer.example.com");
        var audiences = configuration.GetList("JWT_AUDIENCE", ',');
        var scopes = configuration.GetList("JWT_SCOPE", ' ');
        var claim = configuration["JWT_CLAIM"];
        if (issuer is null)
        {
            return audiences is null && scopes is null && string.IsNullOrEmpty(claim)
                ? null
                : throw new ConfigurationException("JWT_AUDIENCE, JWT_SCOPE and JWT_CLAIM require JWT_ISSUER.");
        }

        return issuer.Scheme != Uri.UriSchemeHttps && !issuer.IsLoopback
            ? throw new ConfigurationException("JWT_ISSUER must be the https:// address of an OpenID Connect issuer.")
            : new JwtSettings(
                issuer,
                audiences ?? throw new ConfigurationException(
                    "JWT_ISSUER requires JWT_AUDIENCE. Without an audience, every token of the issuer would be accepted."),
                scopes ?? [],
                ReadClaim(claim));
    }

    private static KeyValuePair<string, string>? ReadClaim(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return text.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } value]
            ? new(name, value)
            : throw new ConfigurationException("JWT_CLAIM must be name=value.");
    }
}
