namespace LambdaChat.Configuration;

/// <summary>Validates the command line. The framework ignores words and names that it does not know.</summary>
internal static class ServerArguments
{
    // https://learn.microsoft.com/aspnet/core/fundamentals/host/web-host
    private static readonly string[] Framework =
    [
        "applicationName", "captureStartupErrors", "contentRoot", "detailedErrors", "environment", "hostingStartupAssemblies",
        "preferHostingUrls", "preventHostingStartup", "shutdownTimeoutSeconds", "startupAssembly", "webRoot",
    ];

    public static bool AsksForHelp(string[] args) => args is ["help", ..] || args.Contains("--help") || args.Contains("-h");

    /// <exception cref="ConfigurationException">An argument is not a setting that the function or the framework knows.</exception>
    public static void Check(string[] args)
    {
        for (var index = 0; index < args.Length; index++)
        {
            var hasPrefix = args[index].StartsWith("--", StringComparison.Ordinal);
            var end = args[index].IndexOf('=', StringComparison.Ordinal);
            var name = args[index][(hasPrefix ? 2 : 0)..(end < 0 ? args[index].Length : end)];
            if (!IsKnown(name) || (!hasPrefix && end < 0))
            {
                var kind = args[index].StartsWith('-') ? "option" : "command";
                throw new ConfigurationException($"Unknown {kind} {(hasPrefix ? "--" : "")}{name}. --help lists the commands.");
            }

            if (end < 0 && ++index == args.Length)
            {
                throw new ConfigurationException($"--{name} has no value. Write --{name}=VALUE.");
            }
        }
    }

    // The settings refuse the old names, and names that only the environment can set, with errors of their own.
    private static bool IsKnown(string name) =>
        SettingNames.IsKnown(name)
        || SettingNames.IsEnvironmentOnly(name)
        || Framework.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Array.Exists(SettingNames.Renamed, renamed => renamed.Old.Equals(name, StringComparison.OrdinalIgnoreCase));
}
