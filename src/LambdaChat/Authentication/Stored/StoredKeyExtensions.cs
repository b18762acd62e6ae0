using System.Runtime.CompilerServices;

namespace LambdaChat.Authentication.Stored;

internal static class StoredKeyExtensions
{
    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it pays for it.
    public static void AddStoredKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(StoredKeySettings.Read(configuration));
        services.AddSingleton<StoredKeys>();
    }

    public static StoredKeys GetStoredKeys(IServiceProvider provider) => provider.GetRequiredService<StoredKeys>();
}
