using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Authentication.Jwt;
using LambdaChat.Authentication.SecretsManager;
using LambdaChat.Configuration;
using LambdaChat.Http;

namespace LambdaChat.Authentication;

internal static class AuthenticationExtensions
{
    /// <exception cref="ConfigurationException">Nobody could enter, or a setting is wrong.</exception>
    public static void AddApiAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        var keys = ApiKeyListReader.Read(configuration.GetText("API_KEYS"), "API_KEYS");
        var settings = new AuthenticationSettings(configuration.GetFlag("OPEN_ACCESS"), configuration.GetFlag("IAM_ACCESS"));
        var entrances = new List<Func<IServiceProvider, ICredentialValidator>>();
        if (JwtSettings.Read(configuration) is { } tokens)
        {
            services.AddTokens(tokens);
            entrances.Add(JwtExtensions.GetTokenEntrance);
        }

        if (SecretsManagerSettings.Read(configuration) is { } secrets)
        {
            services.AddSecretKeys(secrets);
            entrances.Add(SecretsManagerExtensions.GetSecretKeys);
        }

        if (configuration["TABLE"] is { Length: > 0 })
        {
            services.AddStoredKeys(configuration);
            entrances.Add(DynamoKeyExtensions.GetStoredKeys);
        }

        if (keys.IsEmpty && entrances.Count == 0 && !settings.IsOpen && !settings.AdmitsIam)
        {
            throw new ConfigurationException(
                "Nobody could enter: set API_KEYS to name=<SHA-256 of a key>, or one of API_KEYS_SECRET, API_KEYS_PARAMETER, TABLE, JWT_ISSUER and IAM_ACCESS=true; OPEN_ACCESS=true lets everybody in.");
        }

        services.AddSingleton(provider => new ApiAuthenticationMiddleware(keys, settings, [.. entrances.ConvertAll(create => create(provider))], provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>In front of everything but the error handler: of preflights, too.</summary>
    /// <exception cref="ConfigurationException">The secret is none.</exception>
    public static void UseOriginSecret(this WebApplication app)
    {
        if (OriginSecret.Read(app.Configuration) is { } secret)
        {
            app.Use(secret.InvokeAsync);
        }
    }

    /// <summary>Behind routing, in front of every endpoint.</summary>
    public static void UseApiAuthentication(this IApplicationBuilder app) =>
        app.Use(app.ApplicationServices.GetRequiredService<ApiAuthenticationMiddleware>().InvokeAsync);
}
