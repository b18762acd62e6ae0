using System.Globalization;
using System.Runtime.CompilerServices;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.SecretsManager;

/// <summary>The secrets and parameters that contain API keys.</summary>
/// <param name="Sources">For each, its setting and its path at the extension.</param>
/// <param name="Address">The address of the extension.</param>
/// <param name="CacheTime">How long keys are used before they are read again.</param>
internal sealed record SecretsManagerSettings(IReadOnlyList<KeyValuePair<string, string>> Sources, Uri Address, TimeSpan CacheTime)
{
    private const int DefaultSeconds = 300; // The default cache time of the extension itself.
    private const int DefaultPort = 2773;

    /// <summary>
    /// Reads <c>API_KEYS_SECRET</c> and <c>API_KEYS_PARAMETER</c>; returns null if neither is set. Paths and port are those of
    /// https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html and
    /// https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
    /// </summary>
    /// <param name="isSnapStart">
    /// True under SnapStart. There, the extension refuses every request: it requires the value of <c>AWS_SESSION_TOKEN</c>, which Lambda
    /// sets only without SnapStart. Sources: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html#snapstart-credentials and
    /// https://repost.aws/questions/QUPEC-ItLhT9ipewWJf3rz0Q/parameters-and-secrets-lambda-extension-with-snapstart
    /// </param>
    /// <exception cref="ConfigurationException">A setting is invalid, or SnapStart is on.</exception>
    public static SecretsManagerSettings? Read(IConfiguration configuration, bool isSnapStart)
    {
        var sources = new List<KeyValuePair<string, string>>();
        Add("API_KEYS_SECRET", "/secretsmanager/get?secretId={0}");
        Add("API_KEYS_PARAMETER", "/systemsmanager/parameters/get?name={0}&withDecryption=true");
        if (sources.Count == 0)
        {
            return null;
        }

        if (isSnapStart)
        {
            throw new ConfigurationException(
                "API_KEYS_SECRET and API_KEYS_PARAMETER cannot be used with SnapStart, because the Parameters and Secrets extension does "
                + "not support it. Use TABLE or API_KEYS, or turn SnapStart off.");
        }

        var port = configuration.GetCount("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", DefaultPort, 1, ushort.MaxValue);
        var cacheTime = configuration.GetSeconds("SECRET_SECONDS", DefaultSeconds, 1, 86_400);
        return new SecretsManagerSettings(sources, new Uri($"http://localhost:{port}"), cacheTime);

        void Add(string variable, string path)
        {
            if (configuration.GetResource(variable) is { } id)
            {
                sources.Add(new(variable, string.Format(CultureInfo.InvariantCulture, path, Uri.EscapeDataString(id))));
            }
        }
    }
}

internal static class SecretsManagerExtensions
{
    [MethodImpl(MethodImplOptions.NoInlining)] // Its types are loaded only if it is called.
    public static void AddSecretsManagerKeys(this IServiceCollection services, SecretsManagerSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(_ => new ParametersAndSecretsClient(settings.Address));
        services.AddSingleton<SecretsManagerKeys>();
        services.AddHostedService(GetSecretsManagerKeys);
    }

    public static SecretsManagerKeys GetSecretsManagerKeys(IServiceProvider provider) => provider.GetRequiredService<SecretsManagerKeys>();
}
