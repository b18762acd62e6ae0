using LambdaChat.Hosting;

namespace LambdaChat.Aws.DynamoDb;

internal static class DynamoTableExtensions
{
    /// <summary>Registers the <see cref="DynamoTable"/> where <c>TABLE</c> names one.</summary>
    public static void AddDynamoTable(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["TABLE"] is { Length: > 0 } name)
        {
            services.AddSingleton(new DynamoTable(name));
        }
    }

    /// <summary>Registers the <see cref="TableWarmup"/>: as a hosted service, or as a snapshot hook under SnapStart.</summary>
    public static void AddTableWarmup(this IServiceCollection services) =>
        services.AddTableWarmup(LambdaEnvironment.Read() is { IsSnapStart: true });

    /// <inheritdoc cref="AddTableWarmup(IServiceCollection)"/>
    public static void AddTableWarmup(this IServiceCollection services, bool isSnapStart)
    {
        if (isSnapStart)
        {
            services.AddSingleton<ISnapshotHook, TableWarmup>();
        }
        else
        {
            services.AddHostedService<TableWarmup>();
        }
    }
}
