using System.Globalization;
using LambdaChat.Configuration;

namespace LambdaChat.Rehearsal;

internal static class RehearsalExtensions
{
    // In MB. Lambda gives a function of this size a whole core, and a rehearsal then only delays the first request.
    private const int MemoryOfOneCore = 1769;

    /// <summary>Rehearses replies before the first poll, as <c>REHEARSAL</c> says.</summary>
    /// <param name="createFunction">Creates the application from settings and a server.</param>
    /// <exception cref="ConfigurationException"><c>REHEARSAL</c> is invalid.</exception>
    public static void AddRehearsal(
        this WebApplicationBuilder builder,
        Func<Action<WebApplicationBuilder>, Action<WebApplicationBuilder>, WebApplication> createFunction)
    {
        if (ModeOf(builder.Configuration) is var mode and not RehearsalMode.None)
        {
            builder.Services.AddSingleton<IHostedService>(provider =>
                new StartupRehearsal(createFunction, mode is RehearsalMode.Repeated, provider.GetRequiredService<TimeProvider>()));
        }
    }

    /// <summary>
    /// Once by default if the init phase has more processor time than a request, or if no request waits for it: with SnapStart, provisioned
    /// concurrency and Managed Instances.
    /// </summary>
    /// <exception cref="ConfigurationException"><c>REHEARSAL</c> is invalid.</exception>
    public static RehearsalMode ModeOf(IConfiguration configuration) => configuration["REHEARSAL"] switch
    {
        null or "" => Mode(IsUseful(configuration)),
        "repeated" => RehearsalMode.Repeated,
        var value => bool.TryParse(value, out var isOn)
            ? Mode(isOn)
            : throw new ConfigurationException("REHEARSAL must be true, false or repeated."),
    };

    private static RehearsalMode Mode(bool isOn) => isOn ? RehearsalMode.Once : RehearsalMode.None;

    private static bool IsUseful(IConfiguration configuration) =>
        configuration["AWS_LAMBDA_INITIALIZATION_TYPE"] is not (null or "on-demand")
        || (int.TryParse(configuration["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], CultureInfo.InvariantCulture, out var size)
            && size < MemoryOfOneCore);
}

/// <summary>How often a rehearsal runs its requests.</summary>
internal enum RehearsalMode
{
    None,
    Once,

    /// <summary>Until the JIT compiler has optimized their code.</summary>
    Repeated,
}
