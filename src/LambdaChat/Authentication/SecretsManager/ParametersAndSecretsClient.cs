using System.Text.Json;

namespace LambdaChat.Authentication.SecretsManager;

/// <summary>
/// A client for the AWS Parameters and Secrets Lambda extension, a local HTTP server that returns values of Secrets Manager and Parameter
/// Store.
/// Sources: see <see cref="SecretsManagerSettings"/>.
/// </summary>
internal sealed class ParametersAndSecretsClient(Uri address) : IDisposable
{
    private const int MaximumLength = 1024 * 1024;
    private const string NotReady = "not ready to serve traffic";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(CreateHandler())
    {
        BaseAddress = address,
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaximumLength,
    };

    /// <summary>Reads one secret or parameter.</summary>
    public async Task<SecretResponse> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            var token = Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN");
            request.Headers.TryAddWithoutValidation("X-Aws-Parameters-Secrets-Token", token);
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? new SecretResponse(ReadText(body), "unexpected response", IsStarting: false)
                : new SecretResponse(
                    Text: null, $"status {(int)response.StatusCode}", body.Contains(NotReady, StringComparison.OrdinalIgnoreCase));
        }
        catch (HttpRequestException exception)
        {
            var error = exception.HttpRequestError;
            return new SecretResponse(Text: null, error.ToString(), IsStarting: error == HttpRequestError.ConnectionError);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SecretResponse(Text: null, "timeout", IsStarting: false);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler() =>
        new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null };

    // {"SecretString":"…"} from Secrets Manager, {"Parameter":{"Value":"…"}} from Parameter Store.
    private static string? ReadText(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Find(json.RootElement, "SecretString") is { } secret ? Text(secret)
                : Find(json.RootElement, "Parameter") is { } parameter && Find(parameter, "Value") is { } value ? Text(value)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>The extension's response.</summary>
/// <param name="Text">The secret; null on failure.</param>
/// <param name="Problem">The reason of a failure, for the log.</param>
/// <param name="IsStarting">True while the extension, which starts together with the function, is not ready.</param>
internal sealed record SecretResponse(string? Text, string Problem, bool IsStarting);
