using System.Runtime.CompilerServices;

namespace LambdaChat.Authentication.Secrets;

internal static class SecretExtensions
{
    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it pays for it.
    public static void AddSecretKeys(this IServiceCollection services, SecretSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(_ => new SecretsExtension(settings.Address));
        services.AddSingleton<SecretKeys>();
        services.AddHostedService(GetSecretKeys);
    }

    public static SecretKeys GetSecretKeys(IServiceProvider provider) => provider.GetRequiredService<SecretKeys>();
}
