using System.Globalization;
using System.Net;

namespace LambdaChat.Lambda;

/// <summary>
/// What Lambda tells a process in environment variables.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
/// </summary>
/// <param name="RuntimeApi">Host and port of the Runtime API, as the variable gives it.</param>
/// <param name="IsSamLocal">True under <c>sam local</c>, which knows no streamed answers.</param>
/// <param name="MaxConcurrency">How many invocations the environment may get at once; 1 but on Managed Instances.</param>
/// <param name="IsSnapStart">True where Lambda takes a snapshot after init, and makes the environments of it.</param>
internal sealed record LambdaEnvironment(string RuntimeApi, bool IsSamLocal, int MaxConcurrency, bool IsSnapStart = false)
{
    private const int DefaultPort = 80;

    /// <summary>Where the Runtime API listens: an address or a host name, IPv6 in brackets; port 80 where none is named.</summary>
    public EndPoint EndPoint { get; } = ParseEndPoint(RuntimeApi);

    /// <summary>Null outside Lambda.</summary>
    public static LambdaEnvironment? Read()
    {
        var runtimeApi = Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API");
        return string.IsNullOrEmpty(runtimeApi)
            ? null
            : new LambdaEnvironment(
                runtimeApi,
                string.Equals(Environment.GetEnvironmentVariable("AWS_SAM_LOCAL"), "true", StringComparison.OrdinalIgnoreCase),
                int.TryParse(Environment.GetEnvironmentVariable("AWS_LAMBDA_MAX_CONCURRENCY"), CultureInfo.InvariantCulture, out var count) && count > 1
                    ? count
                    : 1,
                Environment.GetEnvironmentVariable("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start");
    }

    private static EndPoint ParseEndPoint(string value)
    {
        if (IPEndPoint.TryParse(value, out var address))
        {
            return address.Port == 0 ? new IPEndPoint(address.Address, DefaultPort) : address;
        }

        var colon = value.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(value.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port)
            ? new DnsEndPoint(value[..colon], port)
            : new DnsEndPoint(value, DefaultPort);
    }
}
