using System.Runtime.CompilerServices;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;
using LambdaChat.Models;

namespace LambdaChat.Limits;

internal static partial class LimitsExtensions
{
    /// <summary>Registers limits if <c>LIMITS</c> is set, or if keys can have limits in a table.</summary>
    /// <exception cref="ConfigurationException">A setting is invalid.</exception>
    public static void AddLimits(this IServiceCollection services, IConfiguration configuration)
    {
        var hasTable = !string.IsNullOrEmpty(configuration["TABLE"]);
        if (hasTable || !string.IsNullOrEmpty(configuration["LIMITS"]))
        {
            Add(services, LimitSettings.Read(configuration), hasTable);
        }
    }

    /// <summary>Checks the limits against the models, and warns about limits that one caller can use up for all others.</summary>
    /// <exception cref="ConfigurationException">A limit does not match the models.</exception>
    public static void CheckLimits(this WebApplication app)
    {
        if (app.Services.GetService<LimitSettings>() is not { } settings)
        {
            return;
        }

        var models = app.Services.GetRequiredService<ModelCatalog>();
        settings.Check(models);
        foreach (var (model, limits) in settings.FindUnsafe(models))
        {
            OneCallerCanUseUp(app.Logger, string.Join(", ", limits), model);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // A start without limits does not compile it.
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

    [LoggerMessage(
        LogLevel.Warning,
        "One caller can use up {Limits} of the model {Model} for all callers. "
        + "Set smaller limits for all keys in LIMITS, and maxTokens and maxChoices of the model in MODELS.")]
    private static partial void OneCallerCanUseUp(ILogger logger, string limits, string model);
}
