namespace LambdaChat.Chat;

internal static class ChatEndpoints
{
    public static void AddChat(this IServiceCollection services) => services.AddSingleton<ChatCompletions>();

    public static void MapChat(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/chat/completions", context => context.RequestServices.GetRequiredService<ChatCompletions>().HandleAsync(context));
}
