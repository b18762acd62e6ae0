using LambdaChat.Chat.Replies;
using LambdaChat.Chat.Reports;
using LambdaChat.Chat.Requests;
using LambdaChat.Errors;

namespace LambdaChat.Chat;

internal static class ChatEndpoints
{
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static void AddChat(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(RequestLimits.Read(configuration));
        services.AddSingleton(ReplySettings.Read(configuration));
        services.AddSingleton(ReplyLine.Read(configuration));
        services.AddSingleton<ReplyLog>();
        services.AddSingleton<Relay>();
        services.AddSingleton<PlainCall>();
        services.AddSingleton<ChatCompletions>();
        services.AddSingleton<TextCompletions>();
        services.AddSingleton<PlainTasks>();
    }

    public static void MapChat(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/chat/completions", context => Get<ChatCompletions>(context).HandleAsync(context));
        routes.MapPost("/v1/completions", context => Get<TextCompletions>(context).HandleAsync(context));
        routes.MapPost("/v1/embeddings", context => Get<PlainTasks>(context).EmbedAsync(context));
        routes.MapPost("/v1/rerank", context => Get<PlainTasks>(context).RerankAsync(context));
        routes.MapPost("/v1/score", context => Get<PlainTasks>(context).ScoreAsync(context));
        routes.MapPost("/v1/responses", static context => NoResponses.WriteAsync(context.Response));
        routes.MapGet("/v1/dashboard/billing/usage", Billing.Usage);
        routes.MapGet("/v1/dashboard/billing/subscription", Billing.Subscription);
    }

    private static OpenAIError NoResponses => OpenAIError.Refused(
        StatusCodes.Status404NotFound, "unknown_path", "The Responses API is not served here: use POST /v1/chat/completions.");

    private static T Get<T>(HttpContext context)
        where T : class => context.RequestServices.GetRequiredService<T>();
}
