using LambdaChat.Http;

namespace LambdaChat.Api;

/// <summary>The billing endpoints that NextChat's settings page calls. They report no usage and no limit.</summary>
internal static class NextChatBilling
{
    public static Task Usage(HttpContext context) => HttpJson.WriteAsync(context, """{"object":"list","total_usage":0}"""u8.ToArray());

    public static Task Subscription(HttpContext context) => HttpJson.WriteAsync(
        context,
        """
        {"object":"billing_subscription","has_payment_method":true,"soft_limit_usd":0,"hard_limit_usd":0,"system_hard_limit_usd":0}
        """u8.ToArray());
}
