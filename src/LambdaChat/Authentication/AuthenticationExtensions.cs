using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Authentication.Jwt;
using LambdaChat.Authentication.SecretsManager;
using LambdaChat.Configuration;
using LambdaChat.Hosting;
using LambdaChat.Http;

namespace LambdaChat.Authentication;

internal static class AuthenticationExtensions
{
    /// <summary>Registers the configured authentication methods.</summary>
    /// <exception cref="ConfigurationException">No method is configured, or a setting is invalid.</exception>
    public static void AddApiAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        var keys = ApiKeyListReader.Read(configuration.GetText("API_KEYS"), "API_KEYS");
        var settings = new AuthenticationSettings(configuration.GetFlag("OPEN_ACCESS"), configuration.GetFlag("IAM_ACCESS"));
        var isSnapStart = LambdaEnvironment.Read() is { IsSnapStart: true };
        var validators = new List<Func<IServiceProvider, ICredentialValidator>>();
        if (JwtSettings.Read(configuration) is { } jwt)
        {
            services.AddJwt(jwt, isSnapStart);
            validators.Add(JwtExtensions.GetJwtValidator);
        }

        if (SecretsManagerSettings.Read(configuration, isSnapStart) is { } secrets)
        {
            services.AddSecretsManagerKeys(secrets);
            validators.Add(SecretsManagerExtensions.GetSecretsManagerKeys);
        }

        if (configuration["TABLE"] is { Length: > 0 })
        {
            services.AddDynamoKeys(configuration);
            validators.Add(DynamoKeyExtensions.GetDynamoKeys);
        }

        if (keys.IsEmpty && validators.Count == 0 && settings is { AllowsAnonymous: false, AllowsIam: false })
        {
            throw new ConfigurationException(
                "No authentication method is configured. Set API_KEYS, API_KEYS_SECRET, API_KEYS_PARAMETER, TABLE, JWT_ISSUER or "
                + "IAM_ACCESS=true. OPEN_ACCESS=true allows access without a key.");
        }

        services.AddSingleton(provider => new ApiAuthenticationMiddleware(
            keys, settings, [.. validators.ConvertAll(create => create(provider))], provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Checks <c>ORIGIN_SECRET</c>. Must follow only the error handler, so that preflights are checked too.</summary>
    /// <exception cref="ConfigurationException">The secret is too short.</exception>
    public static void UseOriginSecret(this WebApplication app)
    {
        if (OriginSecret.Read(app.Configuration) is { } secret)
        {
            app.Use(secret.InvokeAsync);
        }
    }

    /// <summary>Authenticates requests. Must follow routing and precede every endpoint.</summary>
    public static void UseApiAuthentication(this IApplicationBuilder app) =>
        app.Use(app.ApplicationServices.GetRequiredService<ApiAuthenticationMiddleware>().InvokeAsync);
}
