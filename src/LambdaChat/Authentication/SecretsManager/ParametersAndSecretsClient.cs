using System.Text.Json;

namespace LambdaChat.Authentication.SecretsManager;

/// <summary>
/// The AWS Parameters and Secrets Lambda extension, a process beside the function that answers HTTP on the loopback interface with what Secrets
/// Manager and Parameter Store hold. Sources as in <see cref="SecretsManagerSettings"/>.
/// </summary>
internal sealed class ParametersAndSecretsClient(Uri address) : IDisposable
{
    private const int MaximumLength = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null })
    {
        BaseAddress = address,
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaximumLength,
    };

    /// <summary>Asks for one secret or parameter.</summary>
    public async Task<SecretResponse> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("X-Aws-Parameters-Secrets-Token", Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN"));
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode ? new SecretResponse(ReadText(body), "an answer of another form", IsStarting: false)
                : new SecretResponse(Text: null, $"status {(int)response.StatusCode}", IsStarting: body.Contains("not ready to serve traffic", StringComparison.OrdinalIgnoreCase));
        }
        catch (HttpRequestException exception)
        {
            return new SecretResponse(Text: null, exception.HttpRequestError.ToString(), IsStarting: exception.HttpRequestError == HttpRequestError.ConnectionError);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SecretResponse(Text: null, "no answer in time", IsStarting: false);
        }
    }

    public void Dispose() => _http.Dispose();

    // {"SecretString":"…"} of Secrets Manager, {"Parameter":{"Value":"…"}} of Parameter Store.
    private static string? ReadText(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind != JsonValueKind.Object ? null
                : json.RootElement.TryGetProperty("SecretString", out var secret) ? Text(secret)
                : json.RootElement.TryGetProperty("Parameter", out var parameter) && parameter.ValueKind == JsonValueKind.Object && parameter.TryGetProperty("Value", out var value) ? Text(value)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>What the extension said.</summary>
/// <param name="Text">The secret; null where there is none.</param>
/// <param name="Problem">Why not, fit for a log.</param>
/// <param name="IsStarting">True where the same question may have an answer a moment later: the extension starts beside the function, and takes a while.</param>
internal sealed record SecretResponse(string? Text, string Problem, bool IsStarting);
