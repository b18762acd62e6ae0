using System.Runtime.CompilerServices;
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
        services.AddSingleton<ICredentialSource>(_ => (ICredentialSource?)EnvironmentCredentials.Read() ?? CreateSdkCredentials());
        services.AddSingleton(_ => new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null, // SageMaker strips what it does not document.
        }));
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<SageMakerClient>();
        services.AddSingleton<TargetHealth>();
        services.AddSingleton<ModelCaller>();
        services.AddSingleton(CallSettings.Read(configuration));
        services.AddHostedService<FirstConnection>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads AWSSDK.Core.
    private static SdkCredentials CreateSdkCredentials() => new();
}
