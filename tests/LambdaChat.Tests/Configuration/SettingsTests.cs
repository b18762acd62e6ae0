using LambdaChat.Configuration;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Configuration;

public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;
    private readonly string _name = $"AWS_TEST_{Guid.NewGuid():N}".ToUpperInvariant(); // No other test reads or sets it.

    [Fact]
    public void AddSettings_FileAndCommandLine_TheCommandLineIsFirst()
    {
        using var settings = Read("""{ "HOLD_SECONDS": "1", "RETRY_SECONDS": 2, "OPEN_ACCESS": true }""", "--HOLD_SECONDS=3", "--any=thing");

        Assert.Equal(("3", "2", true), (settings["HOLD_SECONDS"], settings["RETRY_SECONDS"], settings.GetFlag("OPEN_ACCESS")));
    }

    /// <summary>Otherwise an empty <c>LIMITS</c>, as compose files set it, would switch the limits of the file off.</summary>
    [Fact]
    public void AddSettings_EmptyVariableOrArgument_CountsAsNotSet()
    {
        Environment.SetEnvironmentVariable(_name, "");

        using var settings = Read($$"""{ "{{_name}}": "file", "HOLD_SECONDS": "1" }""", "--HOLD_SECONDS=", $"--{_name}=");

        Assert.Equal(("file", "1"), (settings[_name], settings["HOLD_SECONDS"]));
        Assert.Equal("file", Environment.GetEnvironmentVariable(_name));
    }

    [Fact]
    public void AddSettings_EmptyArgument_LeavesTheVariable()
    {
        Environment.SetEnvironmentVariable(_name, "environment");

        using var settings = Read($$"""{ "{{_name}}": "" }""", $"--{_name}=");

        Assert.Equal(("environment", "environment"), (settings[_name], Environment.GetEnvironmentVariable(_name)));
    }

    /// <summary>Without an error, a function that failed closed would fail open after an upgrade.</summary>
    [Fact]
    public void AddSettings_NameOfAnEarlierVersion_IsAnErrorThatHasTheNewOne()
    {
        const string message = "STORE_FAILURE has been renamed. Set LIMITS_FAILURE instead.";
        using var memory = new ConfigurationManager { ["store_failure"] = "closed" }; // As from the environment.

        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => memory.AddSettings([], _folder)).Message);
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read("""{ "STORE_FAILURE": "closed" }""")).Message);
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read("{}", "--STORE_FAILURE=closed")).Message);
    }

    [Fact]
    public void AddSettings_NoFile_IsNoError()
    {
        using var settings = new ConfigurationManager();

        settings.AddSettings([], _folder);

        Assert.NotNull(settings["PATH"]);
    }

    [Fact]
    public void AddSettings_VariableOfTheSdk_IsSetInTheEnvironment()
    {
        using var settings = Read($$"""{ "{{_name.ToLowerInvariant()}}": "file" }""");

        Assert.Equal(("file", "file"), (settings[_name], Environment.GetEnvironmentVariable(_name)));
    }

    [Fact]
    public void AddSettings_VariableOfTheSdkInSeveralSources_FollowsTheirOrder()
    {
        Environment.SetEnvironmentVariable(_name, "environment");

        using var file = Read($$"""{ "{{_name}}": "file" }""");
        Assert.Equal("environment", Environment.GetEnvironmentVariable(_name));

        using var arguments = Read($$"""{ "{{_name}}": "file" }""", $"--{_name}=argument");
        Assert.Equal("argument", Environment.GetEnvironmentVariable(_name));
    }

    [Theory]
    [InlineData("AWS_LAMBDA_MAX_CONCURRENCY")]
    [InlineData("aws_lambda_runtime_api")]
    [InlineData("AWS_SAM_LOCAL")]
    [InlineData("LAMBDACHAT_EMULATOR")]
    [InlineData("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT")]
    public void AddSettings_VariableOfTheEnvironment_IsAnErrorElsewhere(string name)
    {
        var message = $"{name} must be an environment variable. It has no effect in appsettings.json and on the command line.";

        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read($$"""{ "{{name}}": "2" }""")).Message);
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read("{}", $"--{name}=2")).Message);
    }

    [Fact]
    public void AddSettings_LogLevel_MayBeInTheFile()
    {
        using var settings = Read("""{ "AWS_LAMBDA_LOG_LEVEL": "DEBUG" }""");

        Assert.Equal("DEBUG", settings["AWS_LAMBDA_LOG_LEVEL"]);
        Environment.SetEnvironmentVariable("AWS_LAMBDA_LOG_LEVEL", null);
    }

    [Theory]
    [InlineData("""{ "ORIGIN_SECRETS": "x" }""", "appsettings.json has the unknown setting ORIGIN_SECRETS.")]
    [InlineData("""{ "Logging": { "LogLevel": {} } }""", "appsettings.json has the unknown setting Logging.")]
    [InlineData(
        """{ "CORS_ORIGINS": ["https://a.example.com"] }""",
        "CORS_ORIGINS in appsettings.json must be a text. Write a list with commas, and JSON as a text or in a file of its own, as @file.")]
    [InlineData(
        """{ "LIMITS": { "keys": {} } }""",
        "LIMITS in appsettings.json must be a text. Write a list with commas, and JSON as a text or in a file of its own, as @file.")]
    [InlineData("[]", "appsettings.json is not valid JSON.")]
    [InlineData("{", "appsettings.json is not valid JSON.")]
    [InlineData("""{ "TABLE": "a", "table": "b" }""", "appsettings.json is not valid JSON.")]
    public void AddSettings_FileThatWouldBeIgnored_IsAnError(string json, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read(json)).Message);

    [Fact]
    public void AddSettings_VariableOfOpenTelemetry_IsKnown()
    {
        using var settings = Read("""{ "OTEL_SERVICE_NAME": "chat" }""");

        Assert.Equal("chat", settings["OTEL_SERVICE_NAME"]);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(_name, null);
        Directory.Delete(_folder, recursive: true);
    }

    private ConfigurationManager Read(string json, params string[] args)
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), json);
        var settings = new ConfigurationManager();
        settings.AddSettings(args, _folder);
        return settings;
    }
}
