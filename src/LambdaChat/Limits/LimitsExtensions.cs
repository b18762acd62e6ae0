using System.Runtime.CompilerServices;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;
using LambdaChat.Models;

namespace LambdaChat.Limits;

internal static class LimitsExtensions
{
    /// <summary>Registers limits where <c>LIMITS</c> has some, or where keys may bring theirs from a table.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static void AddLimits(this IServiceCollection services, IConfiguration configuration)
    {
        var hasTable = !string.IsNullOrEmpty(configuration["TABLE"]);
        if (hasTable || !string.IsNullOrEmpty(configuration["LIMITS"]))
        {
            Add(services, LimitSettings.Read(configuration), hasTable);
        }
    }

    /// <exception cref="ConfigurationException">A limit does not fit the models.</exception>
    public static void CheckLimits(this WebApplication app) =>
        app.Services.GetService<LimitSettings>()?.Check(app.Services.GetRequiredService<ModelCatalog>());

    [MethodImpl(MethodImplOptions.NoInlining)] // A start without limits compiles none of it.
    private static void Add(IServiceCollection services, LimitSettings settings, bool hasTable)
    {
        services.AddSingleton(settings);
        services.AddSingleton(provider => new LocalUsageCounters(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<UsageLimiter>();
        if (hasTable)
        {
            services.AddTableWarmup();
        }
    }
}
