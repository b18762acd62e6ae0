using System.Globalization;
using System.Net;

namespace LambdaChat.Hosting;

/// <summary>
/// The environment variables that Lambda sets.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
/// </summary>
/// <param name="RuntimeApi">Host and port of the Runtime API, from <c>AWS_LAMBDA_RUNTIME_API</c>.</param>
/// <param name="IsSamLocal">True under <c>sam local</c>, which does not support streamed responses.</param>
/// <param name="MaxConcurrency">Maximum number of concurrent invocations. Always 1, except on Managed Instances.</param>
/// <param name="IsSnapStart">True if Lambda takes a snapshot after the init phase.</param>
/// <param name="IsEmulated">True in the Lambda emulator, where one process serves all requests.</param>
internal sealed record LambdaEnvironment(
    string RuntimeApi, bool IsSamLocal, int MaxConcurrency, bool IsSnapStart = false, bool IsEmulated = false)
{
    private const int DefaultPort = 80;

    /// <summary>The address of the Runtime API: an IP address (IPv6 in brackets) or a host name. The default port is 80.</summary>
    public EndPoint EndPoint { get; } = ParseEndPoint(RuntimeApi);

    /// <summary>Reads the variables of this process. Null outside Lambda.</summary>
    public static LambdaEnvironment? Read()
    {
        var runtimeApi = Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API");
        if (string.IsNullOrEmpty(runtimeApi))
        {
            return null;
        }

        var isSamLocal = string.Equals(Environment.GetEnvironmentVariable("AWS_SAM_LOCAL"), "true", StringComparison.OrdinalIgnoreCase);
        var isSnapStart = Environment.GetEnvironmentVariable("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start";
        var concurrency = Environment.GetEnvironmentVariable("AWS_LAMBDA_MAX_CONCURRENCY");
        _ = int.TryParse(concurrency, CultureInfo.InvariantCulture, out var maxConcurrency);
        var isEmulated = Environment.GetEnvironmentVariable("LAMBDACHAT_EMULATOR") == "true";
        return new LambdaEnvironment(runtimeApi, isSamLocal, Math.Max(maxConcurrency, 1), isSnapStart, isEmulated);
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
