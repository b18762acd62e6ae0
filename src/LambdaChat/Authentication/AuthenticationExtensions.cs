using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace LambdaChat.Authentication;

internal static class AuthenticationExtensions
{
    /// <summary>Every endpoint needs a key that does not say otherwise by name.</summary>
    /// <exception cref="ConfigurationException">There is no key and the API is not opened by name.</exception>
    public static void AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var keys = ApiKeys.Parse(configuration["API_KEYS"]);
        var isOpen = string.Equals(configuration["OPEN_ACCESS"], "true", StringComparison.OrdinalIgnoreCase);
        if (keys.IsEmpty && !isOpen)
        {
            throw new ConfigurationException("No API key is configured: set API_KEYS to name=<SHA-256 of a key>, or OPEN_ACCESS=true to let everybody in.");
        }

        services.AddSingleton(keys);
        services.AddSingleton(UrlEncoder.Default);
        services.AddAuthenticationCore(options => options.DefaultScheme = ApiKeyHandler.SchemeName); // Without data protection, which writes files.
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(isOpen ? null : new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }
}
