using System.Runtime.CompilerServices;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;
using LambdaChat.Hosting;

namespace LambdaChat.ReplyStore;

internal static class ReplyStoreExtensions
{
    private const int DefaultSeconds = 600;
    private const int DefaultLease = 20; // Seconds.
    private const int MaximumSeconds = 30 * 24 * 60 * 60;

    private static readonly TimeSpan LongestRunAsServer = TimeSpan.FromDays(1); // Kestrel has no limit.

    /// <summary>Registers the store of replies that <c>STORE</c> selects; none for <c>off</c>.</summary>
    /// <exception cref="ConfigurationException">A setting is invalid, or the store does not fit the host.</exception>
    public static void AddReplyStore(this IServiceCollection services, IConfiguration configuration) =>
        services.AddReplyStore(configuration, LambdaEnvironment.Read());

    /// <inheritdoc cref="AddReplyStore(IServiceCollection, IConfiguration)"/>
    public static void AddReplyStore(this IServiceCollection services, IConfiguration configuration, LambdaEnvironment? lambda)
    {
        var kind = configuration.GetChoice("STORE", "off", ["off", "memory", "table"]);
        var retention = configuration.GetSeconds("REPLY_SECONDS", DefaultSeconds, 60, MaximumSeconds);
        var lease = configuration.GetSeconds("REPLY_LEASE_SECONDS", DefaultLease, 3, 900);
        if (kind == "off")
        {
            return;
        }

        if (kind == "table" && string.IsNullOrEmpty(configuration["TABLE"]))
        {
            throw new ConfigurationException("STORE=table requires TABLE, the name of the DynamoDB table.");
        }

        if (kind == "memory" && lambda is { IsEmulated: false })
        {
            throw new ConfigurationException(
                "STORE=memory cannot be used on Lambda, where each request may reach another process. Use STORE=table.");
        }

        services.AddSingleton(new ReplyStoreSettings(retention)
        {
            Lease = lease,
            LongestRun = lambda is null ? LongestRunAsServer : ReplyStoreSettings.LambdaLimit,
            WaitsAtEnd = lambda is not null,
        });
        services.AddSingleton<IReplyStore>(provider => kind == "table"
            ? CreateTableStore(provider)
            : MemoryReplyStore.Create(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ReplyStorage>();
        if (lambda is null)
        {
            services.AddHostedService<ReplyStorageShutdown>();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Loads the AWS SDK only if it is called.
    private static TableReplyStore CreateTableStore(IServiceProvider provider) =>
        new(
            provider.GetRequiredService<DynamoTable>(), provider.GetRequiredService<ReplyStoreSettings>(),
            provider.GetRequiredService<TimeProvider>());
}
