using System.Runtime.CompilerServices;
using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Configuration;
using LambdaChat.Hosting;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Upstream;

internal static class UpstreamExtensions
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Registers the client, its connections and its credentials.</summary>
    /// <exception cref="ConfigurationException">SageMaker's address is set to something that is none.</exception>
    public static void AddUpstream(this IServiceCollection services, IConfiguration configuration)
    {
        SageMakerEndpoint.CheckOverrides();
        services.AddSingleton(_ => CreateHttp());
        services.AddSingleton<AssumedRoleCredentials>();
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<SageMakerClient>();
        services.AddSingleton<TargetHealth>();
        services.AddSingleton<TargetCaller>();
        services.AddSingleton(RetrySettings.Read(configuration));
        if (LambdaEnvironment.Read() is { IsSnapStart: true })
        {
            AddSnapStart(services);
            return;
        }

        AddCredentials(services);
        services.AddHostedService<ConnectionWarmup>();
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

        services.AddSingleton<ISnapshotHook, SnapStartWarmup>();
    }

    private static void AddCredentials(IServiceCollection services) =>
        services.AddSingleton<ICredentialSource>(_ => (ICredentialSource?)EnvironmentCredentials.Read() ?? CreateSdkCredentials());

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads AWSSDK.Core.
    private static SdkCredentials CreateSdkCredentials() => new();
}
