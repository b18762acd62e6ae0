using System.Runtime.CompilerServices;
using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Configuration;
using LambdaChat.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LambdaChat.Upstream;

/// <summary>
/// Registration of the SageMaker client. The methods that are not inlined keep a cold start from loading the types that they name.
/// </summary>
internal static class UpstreamExtensions
{
    /// <summary>Registers the client, its connections and its credentials.</summary>
    /// <exception cref="ConfigurationException">A variable of the address of SageMaker is invalid.</exception>
    public static void AddUpstream(this IServiceCollection services)
    {
        SageMakerEndpoint.CheckVariables();
        services.AddSingleton(_ => UpstreamConnections.CreateHttp());
        services.AddSingleton<AssumedRoleCredentials>();
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<SageMakerClient>();
        services.TryAddSingleton<IEndpointClient>(provider => provider.GetRequiredService<SageMakerClient>());
        if (LambdaEnvironment.Read() is { IsSnapStart: true })
        {
            AddSnapStart(services);
            return;
        }

        AddCredentials(services);
        services.AddHostedService<ConnectionWarmup>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddSnapStart(IServiceCollection services)
    {
        if (ContainerCredentials.Address is { } address)
        {
            services.AddSingleton(
                provider => new ContainerCredentials(address, ContainerCredentials.Token, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<ICredentialSource>(provider => provider.GetRequiredService<ContainerCredentials>());
            services.AddSingleton<ISnapshotHook>(provider => provider.GetRequiredService<ContainerCredentials>());
        }
        else
        {
            AddCredentials(services);
        }

        services.AddSingleton<ISnapshotHook, SnapStartWarmup>();
    }

    private static void AddCredentials(IServiceCollection services) =>
        services.AddSingleton<ICredentialSource>(_ => (ICredentialSource?)EnvironmentCredentials.Read() ?? CreateSdkCredentials());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SdkCredentials CreateSdkCredentials() => new();
}
