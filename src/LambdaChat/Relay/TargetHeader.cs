using System.Globalization;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>The response header with the index of the target that replied, in the order of the configuration.</summary>
internal static class TargetHeader
{
    public const string Name = "x-target-index";

    /// <summary>Sets the header, if the response has not started. The first heartbeat starts it, and sends the headers.</summary>
    public static async ValueTask SetAsync(
        HttpResponse response, EndpointResponse endpoint, Heartbeat heartbeat, CancellationToken cancellationToken)
    {
        await heartbeat.LockAsync(cancellationToken);
        if (!response.HasStarted)
        {
            response.Headers[Name] = endpoint.Target.ToString(CultureInfo.InvariantCulture);
        }

        heartbeat.Unlock(hasWritten: false);
    }
}
