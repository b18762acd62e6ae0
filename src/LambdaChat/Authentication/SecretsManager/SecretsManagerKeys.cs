using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.SecretsManager;

/// <summary>
/// Keys that Secrets Manager or Parameter Store hold, in the form of <c>API_KEYS</c>. Read at start, and again in the background when they are old and
/// somebody asks. What was read stays in force until something newer has been read. Only who comes before the first has been read waits.
/// </summary>
internal sealed partial class SecretsManagerKeys(SecretsManagerSettings settings, ParametersAndSecretsClient extension, TimeProvider timeProvider, ILogger<SecretsManagerKeys> logger) : ICredentialValidator, IHostedService
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(5); // How long the extension may take to start.
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile ApiKeyList? _keys;
    private DateTimeOffset _due = DateTimeOffset.MinValue;
    private Task _reading = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ReadIfDue();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<AuthenticationResult?> JudgeAsync(HttpContext context, string credential)
    {
        var reading = ReadIfDue();
        if (_keys is null)
        {
            await reading.WaitAsync(context.RequestAborted);
        }

        return _keys is { } keys
            ? keys.Find(credential)?.Judge(context.Request.Headers.Origin.ToString(), timeProvider.GetUtcNow())
            : AuthenticationResult.Undecided("keys_unreachable", "Keys cannot be checked just now. Try again.");
    }

    private Task ReadIfDue()
    {
        lock (_lock)
        {
            if (_reading.IsCompleted && timeProvider.GetUtcNow() >= _due)
            {
                _reading = Task.Run(ReadAsync);
            }

            return _reading;
        }
    }

    private async Task ReadAsync()
    {
        var keys = new List<ApiKey>();
        foreach (var (variable, path) in settings.Sources)
        {
            if (await ReadAsync(variable, path) is not { } read)
            {
                PutOff(FailurePause < settings.Age ? FailurePause : settings.Age);
                return;
            }

            keys.AddRange(read);
        }

        _keys = new ApiKeyList(keys);
        PutOff(settings.Age);
    }

    private async Task<IReadOnlyList<ApiKey>?> ReadAsync(string variable, string path)
    {
        var end = timeProvider.GetUtcNow() + StartTime;
        var answer = await extension.GetAsync(path, CancellationToken.None);
        while (answer is { Text: null, IsStarting: true } && timeProvider.GetUtcNow() < end)
        {
            await Task.Delay(StartPause, timeProvider);
            answer = await extension.GetAsync(path, CancellationToken.None);
        }

        try
        {
            if (answer.Text is not null)
            {
                return ApiKeyListReader.ReadList(answer.Text, variable);
            }

            NotRead(variable, answer.Problem);
        }
        catch (ConfigurationException exception)
        {
            NotRead(variable, exception.Message);
        }

        return null;
    }

    private void PutOff(TimeSpan time)
    {
        lock (_lock)
        {
            _due = timeProvider.GetUtcNow() + time;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Variable} could not be read through the Parameters and Secrets extension: {Reason}")]
    private partial void NotRead(string variable, string reason);
}
