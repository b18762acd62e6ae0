using System.Net;
using System.Text.Json;
using LambdaChat.Hosting;

namespace LambdaChat.Aws.Credentials;

/// <summary>
/// The role's temporary credentials under SnapStart. Environment variables would become part of the snapshot and expire, so Lambda serves
/// the credentials over HTTP inside the execution environment. AWSSDK.Core is not used, because every environment would load that assembly.
/// Sources: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html,
/// https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html
/// </summary>
internal sealed class ContainerCredentials : ICredentialSource, ISnapshotHook, IDisposable
{
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(3);

    private readonly HttpMessageInvoker _http = new(
        new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly Uri _address;
    private readonly string? _token;
    private readonly TimeProvider _timeProvider;
    private readonly RenewedCredentials _renewed;

    public ContainerCredentials(Uri address, string? token, TimeProvider timeProvider)
    {
        _address = address;
        _token = token;
        _timeProvider = timeProvider;
        _renewed = new RenewedCredentials(FetchAsync, timeProvider);
    }

    /// <summary>The address that Lambda provides; null if there is none.</summary>
    public static Uri? Address =>
        Uri.TryCreate(Environment.GetEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI"), UriKind.Absolute, out var address)
            ? address
            : null;

    /// <summary>The value of the Authorization header for that address; null for none.</summary>
    public static string? Token => Environment.GetEnvironmentVariable("AWS_CONTAINER_AUTHORIZATION_TOKEN");

    public ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken) => _renewed.GetAsync(cancellationToken);

    public Task BeforeSnapshotAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Discards the credentials of the time before the snapshot.</summary>
    public async Task AfterRestoreAsync(CancellationToken cancellationToken)
    {
        _renewed.Forget();
        await _renewed.GetAsync(cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<ExpiringCredentials> FetchAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(FetchTimeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _address);
            request.Headers.ConnectionClose = true; // No connection must become part of a snapshot.
            if (_token is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", _token);
            }

            using var response = await _http.SendAsync(request, either.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? Parse(await response.Content.ReadAsByteArrayAsync(either.Token))
                : throw new CredentialsException(
                    new HttpRequestException($"The credentials endpoint returned status {(int)response.StatusCode}."));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException or FormatException
            or KeyNotFoundException or InvalidOperationException)
        {
            throw new CredentialsException(exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CredentialsException(exception);
        }
    }

    // {"AccessKeyId","SecretAccessKey","Token","Expiration":"2026-11-22T21:00:00Z"}
    private static ExpiringCredentials Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new ExpiringCredentials(
            new AwsCredentials(Text("AccessKeyId"), Text("SecretAccessKey"), Text("Token")),
            root.GetProperty("Expiration").GetDateTimeOffset());

        string Text(string name) => root.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException();
    }
}
