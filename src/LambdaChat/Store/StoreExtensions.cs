namespace LambdaChat.Store;

internal static class StoreExtensions
{
    /// <summary>Registers the <see cref="Table"/> where <c>TABLE</c> names one.</summary>
    public static void AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["TABLE"] is { Length: > 0 } name)
        {
            services.AddSingleton(new Table(name));
        }
    }
}
