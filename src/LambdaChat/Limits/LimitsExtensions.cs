using System.Runtime.CompilerServices;
using LambdaChat.Models;
using LambdaChat.Store;

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
        services.AddSingleton(provider => new Ledger(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Spending>();
        if (hasTable)
        {
            services.AddHostedService<FirstTableConnection>();
        }
    }
}
