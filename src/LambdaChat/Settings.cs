namespace LambdaChat;

internal static class Settings
{
    private const string File = "appsettings.json";

    /// <summary>The settings beside the program, where there are some; over them the environment, over that the command line.</summary>
    public static void AddSettings(this WebApplicationBuilder builder, string[] args)
    {
        // On Lambda there is no file as a rule, and the provider that finds that out costs milliseconds of each start.
        if (System.IO.File.Exists(Path.Combine(AppContext.BaseDirectory, File)))
        {
            builder.Configuration.AddJsonFile(File);
        }

        builder.Configuration.AddEnvironmentVariables();
        if (args.Length > 0)
        {
            builder.Configuration.AddCommandLine(args);
        }
    }
}
