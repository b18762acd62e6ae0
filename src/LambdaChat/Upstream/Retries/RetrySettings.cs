using System.Globalization;
using LambdaChat.Configuration;

namespace LambdaChat.Upstream.Retries;

/// <summary>How long a call may be tried before its first byte.</summary>
/// <param name="Budget">For retries and further targets, all together.</param>
internal sealed record RetrySettings(TimeSpan Budget)
{
    private const int DefaultSeconds = 20;

    /// <summary>Reads <c>RETRY_SECONDS</c>; zero asks the first target once.</summary>
    /// <exception cref="ConfigurationException">It is no number of seconds.</exception>
    public static RetrySettings Read(IConfiguration configuration)
    {
        var value = configuration["RETRY_SECONDS"];
        return string.IsNullOrEmpty(value) ? new RetrySettings(TimeSpan.FromSeconds(DefaultSeconds))
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 900 ? new RetrySettings(TimeSpan.FromSeconds(seconds))
            : throw new ConfigurationException("RETRY_SECONDS must be a whole number of seconds from 0 to 900.");
    }
}
