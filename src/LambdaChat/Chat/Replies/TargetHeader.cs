using System.Globalization;
using LambdaChat.SageMaker;

namespace LambdaChat.Chat.Replies;

/// <summary>Says which of a model's targets answered, by its place in the list.</summary>
internal static class TargetHeader
{
    public const string Name = "x-target-index";

    public static void Set(HttpResponse response, InvocationReply reply)
    {
        if (!response.HasStarted)
        {
            response.Headers[Name] = reply.Target.ToString(CultureInfo.InvariantCulture);
        }
    }
}
