namespace LambdaChat.Http;

/// <summary>What NextChat's settings page asks for. This relay sells nothing: nothing was used, and there is no limit to show.</summary>
internal static class NextChatBilling
{
    public static Task Usage(HttpContext context) => WriteAsync(context, """{"object":"list","total_usage":0}""");

    public static Task Subscription(HttpContext context) =>
        WriteAsync(context, """{"object":"billing_subscription","has_payment_method":true,"soft_limit_usd":0,"hard_limit_usd":0,"system_hard_limit_usd":0}""");

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(json);
    }
}
