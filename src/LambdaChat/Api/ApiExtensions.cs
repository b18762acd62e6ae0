using LambdaChat.Api.AgUi;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Completions;
using LambdaChat.Api.Messages;
using LambdaChat.Api.Pooling;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses;
using LambdaChat.Api.UiMessages;
using LambdaChat.Configuration;
using LambdaChat.Http;
using LambdaChat.Relay;

namespace LambdaChat.Api;

internal static class ApiExtensions
{
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static void AddApis(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(RequestLimits.Read(configuration));
        services.AddSingleton(provider => MemoryBudget.Create(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => ReplyMemory.Create(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RequestReader>();
        services.AddSingleton(RelaySettings.Read(configuration));
        services.AddSingleton<ReplyReporter>();
        services.AddSingleton<ReplyRelay>();
        services.AddSingleton<RelayedCall>();
        services.AddSingleton<PoolingCall>();
        services.AddSingleton<ReaderLimit>();
        services.AddSingleton<StoredCall>();
        services.AddSingleton<StoredReplies>();
        services.AddSingleton<ReplyPlayback>();
        services.AddSingleton<ConversationCall>();
        services.AddSingleton<ConversationReplies>();
        services.AddSingleton<StoredChatEndpoints>();
        services.AddSingleton<StoredResponseEndpoints>();
        services.AddSingleton<StoredUiMessageEndpoints>();
        services.AddSingleton<StoredRunEndpoints>();
        services.AddSingleton<PreviousResponses>();
        services.AddSingleton<ChatCompletionEndpoint>();
        services.AddSingleton<CompletionEndpoint>();
        services.AddSingleton<MessagesEndpoint>();
        services.AddSingleton<ResponsesEndpoint>();
        services.AddSingleton<UiMessagesEndpoint>();
        services.AddSingleton<AgUiEndpoint>();
        services.AddSingleton<PoolingEndpoints>();
    }

    public static void MapApis(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/chat/completions", context => Get<ChatCompletionEndpoint>(routes).HandleAsync(context));
        routes.MapPost("/v1/completions", context => Get<CompletionEndpoint>(routes).HandleAsync(context));
        routes.MapPost("/v1/messages", context => Get<MessagesEndpoint>(routes).CreateAsync(context));
        routes.MapPost("/v1/messages/count_tokens", context => Get<MessagesEndpoint>(routes).CountAsync(context));
        routes.MapPost("/v1/embeddings", context => Get<PoolingEndpoints>(routes).EmbedAsync(context));
        routes.MapPost("/v1/rerank", context => Get<PoolingEndpoints>(routes).RerankAsync(context));
        routes.MapPost("/v1/score", context => Get<PoolingEndpoints>(routes).ScoreAsync(context));
        routes.MapPost("/v1/responses", context => Get<ResponsesEndpoint>(routes).CreateAsync(context));
        routes.MapPost("/v1/responses/input_tokens", context => Get<ResponsesEndpoint>(routes).CountAsync(context));
        MapStored(routes);
        routes.MapPost("/api/chat", context => Get<UiMessagesEndpoint>(routes).CreateAsync(context));
        routes.MapPost("/ag-ui/{*model}", context => Get<AgUiEndpoint>(routes).HandleAsync(context));
        routes.MapRead("/v1/dashboard/billing/usage", NextChatBilling.Usage);
        routes.MapRead("/v1/dashboard/billing/subscription", NextChatBilling.Subscription);
    }

    private static void MapStored(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/v1/chat/completions/{id}", context => Get<StoredChatEndpoints>(routes).GetAsync(context));
        routes.MapDelete("/v1/chat/completions/{id}", context => Get<StoredChatEndpoints>(routes).DeleteAsync(context));
        routes.MapPost("/v1/chat/completions/{id}/cancel", context => Get<StoredChatEndpoints>(routes).CancelAsync(context));
        routes.MapRead("/v1/responses/{id}", context => Get<StoredResponseEndpoints>(routes).GetAsync(context));
        routes.MapDelete("/v1/responses/{id}", context => Get<StoredResponseEndpoints>(routes).DeleteAsync(context));
        routes.MapRead("/v1/responses/{id}/input_items", context => Get<StoredResponseEndpoints>(routes).ListInputAsync(context));
        routes.MapPost("/v1/responses/{id}", RejectPath);
        routes.MapPost("/v1/responses/{id}/cancel", context => Get<StoredResponseEndpoints>(routes).CancelAsync(context));
        routes.MapRead("/api/chat/{id}/stream", context => Get<StoredUiMessageEndpoints>(routes).ResumeAsync(context));
        routes.MapDelete("/api/chat/{id}/stream", context => Get<StoredUiMessageEndpoints>(routes).StopAsync(context));
        routes.MapDelete("/ag-ui/{id}/stream", context => Get<StoredRunEndpoints>(routes).StopAsync(context));
    }

    // The last segment names an operation that the function does not support, such as compact, and not the id of a response.
    private static Task RejectPath(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    // From the application's services, so that no scope is created for the request. All services are singletons.
    private static T Get<T>(IEndpointRouteBuilder routes)
        where T : class => routes.ServiceProvider.GetRequiredService<T>();
}
