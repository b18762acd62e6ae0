using LambdaChat.Configuration;

namespace LambdaChat.Upstream.Retries;

/// <summary>Settings of retries.</summary>
/// <param name="Budget">The maximum time for retries and further targets together, from the first call on.</param>
internal sealed record RetrySettings(TimeSpan Budget)
{
    private const int DefaultSeconds = 20;
    private const int MaximumSeconds = 900;

    /// <summary>Reads <c>RETRY_SECONDS</c>. Zero calls the first target once.</summary>
    /// <exception cref="ConfigurationException">The value is not a whole number of seconds in the valid range.</exception>
    public static RetrySettings Read(IConfiguration configuration) =>
        new(configuration.GetSeconds("RETRY_SECONDS", DefaultSeconds, 0, MaximumSeconds));
}

internal static class RetryExtensions
{
    /// <summary>Registers the caller of a model's targets.</summary>
    /// <exception cref="ConfigurationException"><c>RETRY_SECONDS</c> is invalid.</exception>
    public static void AddRetries(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(RetrySettings.Read(configuration));
        services.AddSingleton<TargetHealth>();
        services.AddSingleton<TargetCaller>();
    }
}
