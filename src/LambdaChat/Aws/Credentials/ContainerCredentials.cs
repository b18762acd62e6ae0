using System.Net;
using System.Text.Json;
using LambdaChat.Hosting;

namespace LambdaChat.Aws.Credentials;

/// <summary>
/// The role's credentials under SnapStart. Variables would be part of the snapshot, and too old after it, so Lambda serves them at an
/// address inside the environment; they expire. A small reader of our own: AWSSDK.Core's would load that assembly in every environment.
/// Sources: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html,
/// https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html
/// </summary>
internal sealed class ContainerCredentials : ICredentialSource, ISnapshotHook, IDisposable
{
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(3);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly Uri _address;
    private readonly string? _token;
    private readonly RenewedCredentials _renewed;

    public ContainerCredentials(Uri address, string? token, TimeProvider timeProvider)
    {
        _address = address;
        _token = token;
        _renewed = new RenewedCredentials(FetchAsync, timeProvider);
    }

    /// <summary>Where Lambda says that they are; null where it does not.</summary>
    public static Uri? Address => Uri.TryCreate(Environment.GetEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI"), UriKind.Absolute, out var address) ? address : null;

    /// <summary>What has to be sent to that address.</summary>
    public static string? Token => Environment.GetEnvironmentVariable("AWS_CONTAINER_AUTHORIZATION_TOKEN");

    public ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken) => _renewed.GetAsync(cancellationToken);

    public Task BeforeSnapshotAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What was fetched before the snapshot is as old as that.</summary>
    public async Task AfterRestoreAsync(CancellationToken cancellationToken)
    {
        _renewed.Forget();
        await _renewed.GetAsync(cancellationToken);
    }

    public void Dispose()
    {
        _renewed.Dispose();
        _http.Dispose();
    }

    private async Task<ExpiringCredentials> FetchAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(FetchTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _address);
            request.Headers.ConnectionClose = true; // None is to be part of a snapshot.
            if (_token is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", _token);
            }

            using var response = await _http.SendAsync(request, timeout.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token))
                : throw new CredentialsException(new HttpRequestException($"The container endpoint answered {(int)response.StatusCode}."));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
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
