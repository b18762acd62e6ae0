using System.Globalization;

namespace LambdaChat.Chat.Replies;

/// <summary>How replies are sent.</summary>
/// <param name="Hold">How long the status stays open while the model is silent, so that an early failure can still have its own.</param>
/// <param name="Heartbeat">How long the wire may be silent after that; zero for no signs of life at all.</param>
internal sealed record ReplySettings(TimeSpan Hold, TimeSpan Heartbeat)
{
    // Within NextChat's 60 s without headers, CloudFront's 30 s and API Gateway's 30 s.
    private const int DefaultSeconds = 10;

    /// <summary>Reads <c>HOLD_SECONDS</c> and <c>HEARTBEAT_SECONDS</c>.</summary>
    /// <exception cref="ConfigurationException">One is no number of seconds.</exception>
    public static ReplySettings Read(IConfiguration configuration) => new(Seconds(configuration, "HOLD_SECONDS"), Seconds(configuration, "HEARTBEAT_SECONDS"));

    private static TimeSpan Seconds(IConfiguration configuration, string name)
    {
        var value = configuration[name];
        return string.IsNullOrEmpty(value) ? TimeSpan.FromSeconds(DefaultSeconds)
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 900 ? TimeSpan.FromSeconds(seconds)
            : throw new ConfigurationException($"{name} must be a whole number of seconds from 0 to 900.");
    }
}
