using LambdaChat.Configuration;

namespace LambdaChat.Relay;

/// <summary>How replies are sent.</summary>
/// <param name="Hold">How long the status stays open while the model is silent, so that an early failure keeps its HTTP status.</param>
/// <param name="Heartbeat">The longest silence after that; zero to send no heartbeats.</param>
internal sealed record RelaySettings(TimeSpan Hold, TimeSpan Heartbeat)
{
    // Within NextChat's 60 s without headers, CloudFront's 30 s and API Gateway's 30 s.
    private const int DefaultSeconds = 10;

    /// <summary>True to also report a failed reply as a failed invocation, even if the client has received the error.</summary>
    public bool AlwaysAborts { get; init; }

    /// <summary>
    /// True to send white space while a client waits for a non-streaming reply. The first one commits status 200, so a later failure breaks
    /// the response off. By default the status of such a reply stays open to its end.
    /// </summary>
    public bool WholeReplyHeartbeat { get; init; }

    /// <summary>These settings, without heartbeats unless they are wanted.</summary>
    public RelaySettings WithHeartbeat(bool isWanted) => isWanted ? this : this with { Heartbeat = TimeSpan.Zero };

    /// <summary>Reads <c>HOLD_SECONDS</c>, <c>HEARTBEAT_SECONDS</c>, <c>WHOLE_REPLY_HEARTBEAT</c> and <c>ERROR_TRAILERS</c>.</summary>
    /// <exception cref="ConfigurationException">A setting is invalid.</exception>
    public static RelaySettings Read(IConfiguration configuration) =>
        new(configuration.GetSeconds("HOLD_SECONDS", DefaultSeconds, 0, 900),
            configuration.GetSeconds("HEARTBEAT_SECONDS", DefaultSeconds, 0, 900))
        {
            AlwaysAborts = configuration.GetChoice("ERROR_TRAILERS", "undelivered", ["undelivered", "always"]) == "always",
            WholeReplyHeartbeat = configuration.GetFlag("WHOLE_REPLY_HEARTBEAT"),
        };
}
