using LambdaChat.Configuration;

namespace LambdaChat.Upstream.Retries;

/// <summary>How long a call may be tried before its first byte.</summary>
/// <param name="Budget">For retries and further targets, all together.</param>
internal sealed record RetrySettings(TimeSpan Budget)
{
    private const int DefaultSeconds = 20;

    /// <summary>Reads <c>RETRY_SECONDS</c>; zero asks the first target once.</summary>
    /// <exception cref="ConfigurationException">It is no number of seconds.</exception>
    public static RetrySettings Read(IConfiguration configuration) => new(configuration.GetSeconds("RETRY_SECONDS", DefaultSeconds, 0, 900));
}
