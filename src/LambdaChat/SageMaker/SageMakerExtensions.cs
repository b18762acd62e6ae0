namespace LambdaChat.SageMaker;

internal static class SageMakerExtensions
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Registers the client, its connections and its credentials.</summary>
    public static void AddSageMaker(this IServiceCollection services)
    {
        services.AddSingleton<ICredentialSource>(_ => (ICredentialSource?)EnvironmentCredentials.Read() ?? new SdkCredentials());
        services.AddSingleton(_ => new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null, // SageMaker strips what it does not document.
        }));
        services.AddSingleton<SageMakerClient>();
    }
}
