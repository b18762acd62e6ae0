using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.SecretsManager;

/// <summary>
/// Validates keys from Secrets Manager and Parameter Store, in the format of <c>API_KEYS</c>. Keys are read at start, and again in the
/// background by requests after <c>SECRET_SECONDS</c>. The previous keys stay valid until a read succeeds. Requests that arrive before the
/// first read, or when the keys are older than twice this time, as after Lambda froze the process for hours, wait for the read.
/// </summary>
internal sealed partial class SecretsManagerKeys(
    SecretsManagerSettings settings, ParametersAndSecretsClient extension, TimeProvider timeProvider, ILogger<SecretsManagerKeys> logger)
    : ICredentialValidator, IHostedService
{
    private const int StartAttempts = 100; // Within 5 s. Counted, because the clock jumps when Lambda resumes a frozen environment.

    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile ApiKeyList? _keys;
    private DateTimeOffset _due = DateTimeOffset.MinValue;
    private DateTimeOffset _outdated = DateTimeOffset.MinValue; // When requests begin to wait for the next read.
    private DateTimeOffset _scheduled = DateTimeOffset.MinValue; // When these times were set. Before it, the clock was set back.
    private Task _reading = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ReadIfDue(out _);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<AuthenticationResult?> ValidateAsync(HttpContext context, string credential)
    {
        var reading = ReadIfDue(out var mustWait);
        if (mustWait)
        {
            await reading.WaitAsync(context.RequestAborted);
        }

        return _keys is { } keys
            ? keys.Find(credential)?.Authenticate(context.Request.Headers.Origin.ToString(), timeProvider.GetUtcNow())
            : AuthenticationResult.Unavailable("keys_unreachable", "API keys cannot be checked at the moment. Try again.");
    }

    private Task ReadIfDue(out bool mustWait)
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            mustWait = now >= _outdated || now < _scheduled;
            if (_reading.IsCompleted && (now >= _due || now < _scheduled))
            {
                _reading = Task.Run(ReadAsync);
            }

            return _reading;
        }
    }

    private async Task ReadAsync()
    {
        var start = timeProvider.GetUtcNow(); // Lambda may freeze the process during the read.
        var keys = new List<ApiKey>();
        foreach (var (variable, path) in settings.Sources)
        {
            if (await ReadAsync(variable, path) is not { } read)
            {
                ScheduleNext(timeProvider.GetUtcNow() + (FailurePause < settings.CacheTime ? FailurePause : settings.CacheTime));
                return;
            }

            keys.AddRange(read);
        }

        _keys = new ApiKeyList(keys);
        ScheduleNext(start + settings.CacheTime, start + (2 * settings.CacheTime));
    }

    private async Task<IReadOnlyList<ApiKey>?> ReadAsync(string variable, string path)
    {
        var response = await extension.GetAsync(path, CancellationToken.None);
        for (var attempt = 0; response is { Text: null, IsStarting: true } && attempt < StartAttempts; attempt++)
        {
            await Task.Delay(StartPause, timeProvider);
            response = await extension.GetAsync(path, CancellationToken.None);
        }

        try
        {
            if (response.Text is not null)
            {
                return ApiKeyListReader.ReadList(response.Text, variable);
            }

            NotRead(variable, response.Problem);
        }
        catch (ConfigurationException exception)
        {
            NotRead(variable, exception.Message);
        }

        return null;
    }

    private void ScheduleNext(DateTimeOffset due, DateTimeOffset? outdated = null)
    {
        lock (_lock)
        {
            _scheduled = timeProvider.GetUtcNow();
            _due = due;
            _outdated = outdated ?? _outdated;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Variable} could not be read from the Parameters and Secrets extension: {Reason}")]
    private partial void NotRead(string variable, string reason);
}
