using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace LambdaChat.Configuration;

internal static partial class Settings
{
    private const string FileName = "appsettings.json";
    // Bytes of all variables together. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    private const int EnvironmentLimit = 4096;

    /// <summary>
    /// Adds <c>appsettings.json</c> from the program's folder, the environment and the command line. Later sources override earlier ones,
    /// except with an empty value, which counts as not set.
    /// </summary>
    /// <exception cref="ConfigurationException">
    /// The file is not valid JSON, or has a setting that would be ignored, or a setting has the name of an earlier version.
    /// </exception>
    public static void AddSettings(this WebApplicationBuilder builder, string[] args) =>
        builder.Configuration.AddSettings(args, AppContext.BaseDirectory);

    /// <inheritdoc cref="AddSettings(WebApplicationBuilder, string[])"/>
    public static void AddSettings(this ConfigurationManager configuration, string[] args, string folder)
    {
        // Checked first because the JSON provider costs milliseconds of each cold start, even without a file.
        var file = Path.Combine(folder, FileName);
        var hasFile = File.Exists(file);
        if (hasFile)
        {
            AddFile(configuration, file);
        }

        configuration.Sources.Add(new EnvironmentSource());
        if (args.Length > 0)
        {
            configuration.Sources.Add(new ArgumentSource(args));
        }

        RefuseRenamed(configuration);
        if (hasFile || args.Length > 0)
        {
            ApplyOtherSources(configuration);
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

    private static void AddFile(ConfigurationManager configuration, string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            configuration.AddJsonStream(stream); // Reads it at once.
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw new ConfigurationException($"{FileName} is not valid JSON.");
        }
    }

    private static void RefuseRenamed(ConfigurationManager configuration)
    {
        foreach (var (old, name) in SettingNames.Renamed)
        {
            if (!string.IsNullOrEmpty(configuration[old]))
            {
                throw new ConfigurationException($"{old} has been renamed. Set {name} instead.");
            }
        }
    }

    // The AWS SDK, and the code that must agree with it, read the environment only.
    private static void ApplyOtherSources(ConfigurationManager configuration)
    {
        foreach (var provider in ((IConfigurationRoot)configuration).Providers)
        {
            if (provider is EnvironmentVariablesConfigurationProvider)
            {
                continue;
            }

            foreach (var name in provider.GetChildKeys([], parentPath: null).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                Check(name, provider);
                if (SettingNames.IsAwsSetting(name) && configuration[name] is { Length: > 0 } value)
                {
                    Environment.SetEnvironmentVariable(name.ToUpperInvariant(), value);
                }
            }
        }
    }

    private static void Check(string name, IConfigurationProvider provider)
    {
        if (SettingNames.IsEnvironmentOnly(name))
        {
            throw new ConfigurationException(
                $"{name} must be an environment variable. It has no effect in {FileName} and on the command line.");
        }

        if (provider is not JsonStreamConfigurationProvider)
        {
            return; // The arguments may also have some for the program that contains the function.
        }

        if (!SettingNames.IsKnown(name))
        {
            throw new ConfigurationException($"{FileName} has the unknown setting {name}.");
        }

        if (provider.GetChildKeys([], name).Any())
        {
            throw new ConfigurationException(
                $"{name} in {FileName} must be a text. Write a list with commas, and JSON as a text or in a file of its own, as @file.");
        }
    }

    private static int SizeOf(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } value ? variable.Length + Encoding.UTF8.GetByteCount(value) : 0;

    private static void RemoveEmpty(IDictionary<string, string?> settings)
    {
        List<string> empty = [];
        foreach (var (name, value) in settings)
        {
            if (string.IsNullOrEmpty(value))
            {
                empty.Add(name);
            }
        }

        empty.ForEach(name => settings.Remove(name));
    }

    private sealed class EnvironmentSource : EnvironmentVariablesConfigurationProvider, IConfigurationSource
    {
        public override void Load()
        {
            base.Load();
            RemoveEmpty(Data);
        }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
    }

    private sealed class ArgumentSource(string[] args) : CommandLineConfigurationProvider(args), IConfigurationSource
    {
        public override void Load()
        {
            base.Load();
            RemoveEmpty(Data);
        }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "MODELS and API_KEYS use {Used} of the {Limit} bytes that Lambda allows for all variables. Move them to a file with @file.")]
    private static partial void SettingsAreLarge(ILogger logger, int used, int limit);
}
