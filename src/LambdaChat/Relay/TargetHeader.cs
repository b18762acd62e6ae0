using System.Globalization;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>The response header with the index of the target that replied, in the order of the configuration.</summary>
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
