using System.Globalization;
using LambdaChat.Upstream;

namespace LambdaChat.Api.Replies;

/// <summary>Says which of a model's targets answered, by its place in the list.</summary>
internal static class TargetHeader
{
    public const string Name = "x-target-index";

    public static void Set(HttpResponse response, EndpointResponse reply)
    {
        if (!response.HasStarted)
        {
            response.Headers[Name] = reply.Target.ToString(CultureInfo.InvariantCulture);
        }
    }
}
