using System.Globalization;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>The response header that tells which of a model's targets replied: its index in the configuration.</summary>
internal static class TargetHeader
{
    public const string Name = "x-target-index";

    public static void Set(HttpResponse response, EndpointResponse endpoint)
    {
        if (!response.HasStarted)
        {
            response.Headers[Name] = endpoint.Target.ToString(CultureInfo.InvariantCulture);
        }
    }
}
