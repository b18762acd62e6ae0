using System.Runtime.CompilerServices;
using LambdaChat.Lambda;
using LambdaChat.SageMaker.Targets;

namespace LambdaChat.SageMaker;

internal static class SageMakerExtensions
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Registers the client, its connections and its credentials.</summary>
    /// <exception cref="ConfigurationException">SageMaker's address is set to something that is none.</exception>
    public static void AddSageMaker(this IServiceCollection services, IConfiguration configuration)
    {
        SageMakerHost.CheckOverrides();
        services.AddSingleton(_ => CreateHttp());
        services.AddSingleton<AssumedRoles>();
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<SageMakerClient>();
        services.AddSingleton<TargetHealth>();
        services.AddSingleton<ModelCaller>();
        services.AddSingleton(CallSettings.Read(configuration));
        if (LambdaEnvironment.Read() is { IsSnapStart: true })
        {
            AddSnapStart(services);
            return;
        }

        AddCredentials(services);
        services.AddHostedService<FirstConnection>();
    }

    /// <summary>A client with connections of its own.</summary>
    public static HttpMessageInvoker CreateHttp() => new(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectTimeout,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null, // SageMaker strips what it does not document.
    });

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads what it registers.
    private static void AddSnapStart(IServiceCollection services)
    {
        if (ContainerCredentials.Address is { } address)
        {
            services.AddSingleton(provider => new ContainerCredentials(address, ContainerCredentials.Token, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<ICredentialSource>(provider => provider.GetRequiredService<ContainerCredentials>());
            services.AddSingleton<ISnapshotHook>(provider => provider.GetRequiredService<ContainerCredentials>());
        }
        else
        {
            AddCredentials(services);
        }

        services.AddSingleton<ISnapshotHook, SnapshotConnection>();
    }

    private static void AddCredentials(IServiceCollection services) =>
        services.AddSingleton<ICredentialSource>(_ => (ICredentialSource?)EnvironmentCredentials.Read() ?? CreateSdkCredentials());

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads AWSSDK.Core.
    private static SdkCredentials CreateSdkCredentials() => new();
}
