using System.Runtime.CompilerServices;

namespace LambdaChat.Authentication.DynamoDb;

internal static class DynamoKeyExtensions
{
    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it pays for it.
    public static void AddStoredKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(DynamoKeySettings.Read(configuration));
        services.AddSingleton<DynamoKeys>();
    }

    public static DynamoKeys GetStoredKeys(IServiceProvider provider) => provider.GetRequiredService<DynamoKeys>();
}
