using System.Text;

namespace LambdaChat.Configuration;

internal static partial class Settings
{
    private const string FileName = "appsettings.json";
    // Bytes of all variables together. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    private const int EnvironmentLimit = 4096;

    /// <summary>
    /// Adds <c>appsettings.json</c> from the program's folder, the environment and the command line. Later sources override earlier ones.
    /// </summary>
    /// <exception cref="ConfigurationException">The file is not valid JSON.</exception>
    public static void AddSettings(this WebApplicationBuilder builder, string[] args)
    {
        // Checked first because the JSON provider costs milliseconds of each cold start, even without a file.
        if (File.Exists(Path.Combine(AppContext.BaseDirectory, FileName)))
        {
            AddFile(builder.Configuration);
        }

        builder.Configuration.AddEnvironmentVariables();
        if (args.Length > 0)
        {
            builder.Configuration.AddCommandLine(args);
        }
    }

    /// <summary>Warns if <c>MODELS</c> and <c>API_KEYS</c> use more than half of the size that Lambda allows for all variables.</summary>
    public static void CheckSettings(this WebApplication app)
    {
        var used = SizeOf("MODELS") + SizeOf("API_KEYS");
        if (used > EnvironmentLimit / 2)
        {
            SettingsAreLarge(app.Logger, used, EnvironmentLimit);
        }
    }

    private static void AddFile(ConfigurationManager configuration)
    {
        try
        {
            configuration.AddJsonFile(FileName);
        }
        catch (InvalidDataException)
        {
            throw new ConfigurationException($"{FileName} is not valid JSON.");
        }
    }

    private static int SizeOf(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } value ? variable.Length + Encoding.UTF8.GetByteCount(value) : 0;

    [LoggerMessage(
        LogLevel.Warning,
        "MODELS and API_KEYS use {Used} of the {Limit} bytes that Lambda allows for all variables. Move them to a file with @file.")]
    private static partial void SettingsAreLarge(ILogger logger, int used, int limit);
}
