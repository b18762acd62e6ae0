using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Telemetry.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Telemetry.Logging;

public sealed partial class LineLoggerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 21, 4, 35, TimeSpan.Zero));

    public static TheoryData<string, LogLevel> Levels => new()
    {
        { "TRACE", LogLevel.Trace },
        { "DEBUG", LogLevel.Debug },
        { "INFO", LogLevel.Information },
        { "WARN", LogLevel.Warning },
        { "ERROR", LogLevel.Error },
        { "FATAL", LogLevel.Critical },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public void ParseLevel_EachOfLambdasNames_RoundTrips(string name, LogLevel level)
    {
        Assert.Equal(level, LogOutput.ParseLevel(name));
        Assert.Equal(level, LogOutput.ParseLevel(name.ToLowerInvariant()));
        Assert.Equal(name, Encoding.UTF8.GetString(LogOutput.NameOf(level)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("LOUD")]
    public void ParseLevel_UnknownName_IsInformation(string? name) => Assert.Equal(LogLevel.Information, LogOutput.ParseLevel(name));

    [Theory]
    [InlineData(LogLevel.Trace, "LambdaChat.Chat", LogLevel.Trace)]
    [InlineData(LogLevel.Information, "LambdaChat.Chat", LogLevel.Information)]
    [InlineData(LogLevel.Error, "LambdaChat.Chat", LogLevel.Error)]
    [InlineData(LogLevel.Trace, "Microsoft.AspNetCore", LogLevel.Warning)]
    [InlineData(LogLevel.Information, "Microsoft.AspNetCore", LogLevel.Warning)]
    [InlineData(LogLevel.Error, "Microsoft.AspNetCore", LogLevel.Error)]
    public void IsEnabled_FrameworkCategory_StartsAtWarning(LogLevel minimum, string category, LogLevel first)
    {
        using var output = new LogOutput(Stream.Null, minimum: minimum);
        using var factory = new LineLoggerFactory(output, _time);

        var logger = factory.CreateLogger(category);

        Assert.Equal(first, Enum.GetValues<LogLevel>().First(logger.IsEnabled));
    }

    [Fact]
    public void IsEnabled_RequestLogOfTheHost_IsOff()
    {
        using var output = new LogOutput(Stream.Null, minimum: LogLevel.Trace);
        using var factory = new LineLoggerFactory(output, _time);

        var logger = factory.CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics");

        Assert.DoesNotContain(Enum.GetValues<LogLevel>(), logger.IsEnabled);
    }

    [Fact]
    public void Log_Json_HasLambdasFieldNames() => Assert.Equal(
        """{"timestamp":"2026-11-22T21:04:35+00:00","level":"WARN","message":"你 has 3.","logger":"LambdaChat.X","name":"你","count":3}""" +
            "\n",
        Log(logger => Counted(logger, "你", 3)));

    [Fact]
    public void Log_Exception_HasTypeAndStackTraceOnly()
    {
        var json = JsonNode.Parse(Log(logger => Failed(logger, Thrown())))!;

        Assert.Equal("System.InvalidOperationException", (string?)json["exceptions"]![0]!["type"]);
        Assert.DoesNotContain("secret", json.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ERROR", LogLevel.Error)]
    [InlineData(null, LogLevel.Information)]
    public void Open_LambdasLevel_IsRead(string? level, LogLevel expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("AWS_LAMBDA_LOG_LEVEL", level)]).Build();

        var output = LogOutput.Open(configuration); // Not disposed: standard output is the test run's.

        Assert.Equal(expected, output.Minimum);
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("secret");
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }

    private string Log(Action<ILogger> log)
    {
        using var stream = new MemoryStream();
        using var output = new LogOutput(stream);
        log(new LineLogger("LambdaChat.X", LogLevel.Information, output, _time));
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [LoggerMessage(LogLevel.Warning, "{Name} has {Count}.")]
    private static partial void Counted(ILogger logger, string name, int count);

    [LoggerMessage(LogLevel.Error, "It failed.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
