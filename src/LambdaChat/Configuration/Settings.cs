namespace LambdaChat.Configuration;

internal static partial class Settings
{
    private const string File = "appsettings.json";
    private const int EnvironmentLimit = 4096; // All variables together. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

    /// <summary>The settings beside the program, where there are some; over them the environment, over that the command line.</summary>
    /// <exception cref="ConfigurationException">The file is no JSON.</exception>
    public static void AddSettings(this WebApplicationBuilder builder, string[] args)
    {
        // On Lambda there is no file as a rule, and the provider that finds that out costs milliseconds of each start.
        if (System.IO.File.Exists(Path.Combine(AppContext.BaseDirectory, File)))
        {
            AddFile(builder.Configuration);
        }

        builder.Configuration.AddEnvironmentVariables();
        if (args.Length > 0)
        {
            builder.Configuration.AddCommandLine(args);
        }
    }

    private static void AddFile(ConfigurationManager configuration)
    {
        try
        {
            configuration.AddJsonFile(File);
        }
        catch (InvalidDataException)
        {
            throw new ConfigurationException($"{File} is not valid JSON.");
        }
    }

    /// <summary>A setting that may be long: <c>@file</c> stands for the text of a file beside the program.</summary>
    /// <exception cref="ConfigurationException">There is no such file.</exception>
    public static string? ReadText(this IConfiguration configuration, string name)
    {
        var value = configuration[name];
        if (value is not ['@', .. var file])
        {
            return value;
        }

        try
        {
            return System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{name} names the file {file}, which cannot be read beside the program.");
        }
    }

    /// <summary>Warns where the long settings take more than half of what Lambda allows.</summary>
    public static void CheckSettings(this WebApplication app)
    {
        var used = Length("MODELS") + Length("API_KEYS");
        if (used > EnvironmentLimit / 2)
        {
            Used(app.Logger, used, EnvironmentLimit);
        }
    }

    private static int Length(string variable) => Environment.GetEnvironmentVariable(variable) is { } value ? variable.Length + System.Text.Encoding.UTF8.GetByteCount(value) : 0;

    [LoggerMessage(LogLevel.Warning, "MODELS and API_KEYS take {Used} of the {Limit} bytes that all variables of a Lambda function share; @file takes none.")]
    private static partial void Used(ILogger logger, int used, int limit);
}
