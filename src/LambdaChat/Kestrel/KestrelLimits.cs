using LambdaChat.Configuration;

namespace LambdaChat.Kestrel;

/// <summary>Kestrel's limits for one client and for all clients together, applied before the application receives a request.</summary>
/// <param name="Connections">Open connections. Further connections are closed at once.</param>
/// <param name="HeaderBytes">Bytes of a request's headers. A request with more gets 431.</param>
/// <param name="Headers">Headers of a request. A request with more gets 431.</param>
/// <param name="HeadersTimeout">The time for a request's headers. A slower request gets 408.</param>
/// <param name="KeepAliveTimeout">How long a connection stays open without a request.</param>
internal sealed record KestrelLimits(int Connections, int HeaderBytes, int Headers, TimeSpan HeadersTimeout, TimeSpan KeepAliveTimeout)
{
    private const int ConnectionsPerGibibyte = 1000; // A connection with unfinished headers was measured at up to 90 KB.
    private const int MinimumConnections = 50;
    private const int MaximumConnections = 10_000;
    private const int DefaultHeaderBytes = 16 * 1024;
    private const int DefaultHeaders = 64;
    private const int DefaultHeadersSeconds = 10;
    private const int DefaultKeepAliveSeconds = 130;

    /// <summary>
    /// Reads <c>MAX_CONNECTIONS</c>, <c>MAX_HEADER_BYTES</c>, <c>MAX_HEADERS</c>, <c>HEADERS_SECONDS</c> and <c>KEEP_ALIVE_SECONDS</c>.
    /// </summary>
    /// <param name="memory">The memory of the process in bytes, from which the default number of connections follows.</param>
    /// <exception cref="ConfigurationException">A setting is invalid.</exception>
    public static KestrelLimits Read(IConfiguration configuration, long memory) => new(
        configuration.GetCount("MAX_CONNECTIONS", DefaultConnections(memory), 1, 1_000_000),
        configuration.GetCount("MAX_HEADER_BYTES", DefaultHeaderBytes, 1024, 1024 * 1024),
        configuration.GetCount("MAX_HEADERS", DefaultHeaders, 8, 1000),
        configuration.GetSeconds("HEADERS_SECONDS", DefaultHeadersSeconds, 1, 900),
        configuration.GetSeconds("KEEP_ALIVE_SECONDS", DefaultKeepAliveSeconds, 1, 3600));

    private static int DefaultConnections(long memory) =>
        (int)Math.Clamp(memory * ConnectionsPerGibibyte / (1L << 30), MinimumConnections, MaximumConnections);
}
