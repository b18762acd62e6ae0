using LambdaChat.Authentication.Callers;
using LambdaChat.Limits;

namespace LambdaChat.Api.Requests;

/// <summary>Connects the caller of a request to its limits.</summary>
internal static class CallerLimits
{
    /// <summary>The caller as the limits know it.</summary>
    public static LimitedCaller Of(HttpContext context)
    {
        var caller = Caller.Of(context);
        return new LimitedCaller(caller.Id, caller.Name, caller.Limits);
    }
}
