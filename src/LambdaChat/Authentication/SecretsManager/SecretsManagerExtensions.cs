using System.Runtime.CompilerServices;

namespace LambdaChat.Authentication.SecretsManager;

internal static class SecretsManagerExtensions
{
    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it pays for it.
    public static void AddSecretKeys(this IServiceCollection services, SecretsManagerSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(_ => new ParametersAndSecretsClient(settings.Address));
        services.AddSingleton<SecretsManagerKeys>();
        services.AddHostedService(GetSecretKeys);
    }

    public static SecretsManagerKeys GetSecretKeys(IServiceProvider provider) => provider.GetRequiredService<SecretsManagerKeys>();
}
