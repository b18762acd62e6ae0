using LambdaChat.Configuration;
using LambdaChat.Hosting;

namespace LambdaChat.ReplyStore;

internal static class ReplyStoreExtensions
{
    private const int DefaultSeconds = 600;
    private const int MaximumSeconds = 30 * 24 * 60 * 60;

    /// <summary>Registers the store of replies that <c>STORE</c> selects; none for <c>off</c>.</summary>
    /// <exception cref="ConfigurationException">A setting is invalid, or the store does not fit the host.</exception>
    public static void AddReplyStore(this IServiceCollection services, IConfiguration configuration) =>
        services.AddReplyStore(configuration, LambdaEnvironment.Read());

    /// <inheritdoc cref="AddReplyStore(IServiceCollection, IConfiguration)"/>
    public static void AddReplyStore(this IServiceCollection services, IConfiguration configuration, LambdaEnvironment? lambda)
    {
        var kind = configuration.GetChoice("STORE", "off", ["off", "memory"]);
        var retention = configuration.GetSeconds("REPLY_SECONDS", DefaultSeconds, 60, MaximumSeconds);
        if (kind == "off")
        {
            return;
        }

        if (lambda is { IsEmulated: false })
        {
            throw new ConfigurationException("STORE must not be memory on Lambda, where each request may reach another process.");
        }

        services.AddSingleton(new ReplyStoreSettings(retention) { WaitsAtEnd = lambda is not null });
        services.AddSingleton<IReplyStore>(provider => MemoryReplyStore.Create(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ReplyStorage>();
    }
}
