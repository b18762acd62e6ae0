using System.Globalization;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.SecretsManager;

/// <summary>Where keys are that stand in no variable.</summary>
/// <param name="Sources">What messages call each, and the path at the extension that gives it.</param>
/// <param name="Address">The extension's.</param>
/// <param name="Age">After it they are read again.</param>
internal sealed record SecretsManagerSettings(IReadOnlyList<KeyValuePair<string, string>> Sources, Uri Address, TimeSpan Age)
{
    private const int DefaultSeconds = 300; // As long as the extension itself keeps them, unless it is told otherwise.
    private const int DefaultPort = 2773;

    /// <summary>
    /// Reads <c>API_KEYS_SECRET</c> and <c>API_KEYS_PARAMETER</c>; null where neither is set. Paths and port are those of
    /// https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html and
    /// https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
    /// </summary>
    /// <exception cref="ConfigurationException">A number is none.</exception>
    public static SecretsManagerSettings? Read(IConfiguration configuration)
    {
        var sources = new List<KeyValuePair<string, string>>();
        Add("API_KEYS_SECRET", "/secretsmanager/get?secretId={0}");
        Add("API_KEYS_PARAMETER", "/systemsmanager/parameters/get?name={0}&withDecryption=true");
        if (sources.Count == 0)
        {
            return null;
        }

        var port = configuration.GetCount("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", DefaultPort, 1, ushort.MaxValue);
        return new SecretsManagerSettings(sources, new Uri($"http://localhost:{port}"), configuration.GetSeconds("SECRET_SECONDS", DefaultSeconds, 1, 86_400));

        void Add(string variable, string path)
        {
            if (configuration[variable] is { Length: > 0 } id)
            {
                sources.Add(new(variable, string.Format(CultureInfo.InvariantCulture, path, Uri.EscapeDataString(id))));
            }
        }
    }
}
