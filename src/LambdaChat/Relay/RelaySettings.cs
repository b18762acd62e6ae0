using LambdaChat.Configuration;

namespace LambdaChat.Relay;

/// <summary>How replies are sent.</summary>
/// <param name="Hold">How long the status stays open while the model is silent, so that an early failure can still have its own.</param>
/// <param name="Heartbeat">How long the wire may be silent after that; zero for no signs of life at all.</param>
internal sealed record RelaySettings(TimeSpan Hold, TimeSpan Heartbeat)
{
    /// <summary>True to end a reply that failed as a failed invocation, too, where its client was told already.</summary>
    public bool AlwaysFails { get; init; }

    // Within NextChat's 60 s without headers, CloudFront's 30 s and API Gateway's 30 s.
    private const int DefaultSeconds = 10;

    /// <summary>Reads <c>HOLD_SECONDS</c>, <c>HEARTBEAT_SECONDS</c> and <c>ERROR_TRAILERS</c>.</summary>
    /// <exception cref="ConfigurationException">One is wrong.</exception>
    public static RelaySettings Read(IConfiguration configuration) =>
        new(configuration.GetSeconds("HOLD_SECONDS", DefaultSeconds, 0, 900), configuration.GetSeconds("HEARTBEAT_SECONDS", DefaultSeconds, 0, 900))
        {
            AlwaysFails = configuration.GetChoice("ERROR_TRAILERS", "untold", ["untold", "always"]) == "always",
        };
}
