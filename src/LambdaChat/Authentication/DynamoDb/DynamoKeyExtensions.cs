using System.Runtime.CompilerServices;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.DynamoDb;

internal static class DynamoKeyExtensions
{
    [MethodImpl(MethodImplOptions.NoInlining)] // Its types are loaded only if it is called.
    public static void AddDynamoKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(DynamoKeySettings.Read(configuration));
        services.AddSingleton<DynamoKeys>();
    }

    public static DynamoKeys GetDynamoKeys(IServiceProvider provider) => provider.GetRequiredService<DynamoKeys>();
}

/// <param name="CacheTime">How long a key that was read from the table is used before it is read again.</param>
internal sealed record DynamoKeySettings(TimeSpan CacheTime)
{
    private const int DefaultSeconds = 60;

    /// <summary>Reads <c>KEY_CACHE_SECONDS</c>. Zero reads the table for every request.</summary>
    /// <exception cref="ConfigurationException">The value is not a number of seconds.</exception>
    public static DynamoKeySettings Read(IConfiguration configuration) =>
        new(configuration.GetSeconds("KEY_CACHE_SECONDS", DefaultSeconds, 0, 3600));
}
