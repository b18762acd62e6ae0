using System.Reflection;
using System.Text.RegularExpressions;
using LambdaChat.Tests.Docs;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Telemetry.Logging;

/// <summary>
/// Warnings and errors about one request have its id, so that they can be found by the <c>x-request-id</c> of the response and the
/// <c>requestId</c> of the reply's log line.
/// </summary>
public sealed partial class LogMessageTests
{
    // Messages about the process, or about a read that several requests wait for.
    private static readonly string[] WithoutRequest =
    [
        "DynamoKeys.NotRead", "InvocationLoop.ResponsesAreBuffered", "LambdaServer.LoopFailed", "LambdaServer.RuntimeApiLost",
        "LimitsExtensions.OneCallerCanUseUp", "LogQueue.LinesDropped", "OtlpExporter.ExportIsLate", "SecretsManagerKeys.NotRead",
        "Settings.SettingsAreLarge", "SigningKeys.NotFetched", "Snapshot.RestoreFailed", "Snapshot.SnapshotFailed", "StartLog.DoesNotStart",
    ];

    // None of them can have a prompt, a completion, a secret or an ARN. The name of a key is not secret.
    private static readonly string[] Values =
    [
        "Failure", "Key", "Limit", "Limits", "Lines", "Milliseconds", "Model", "Reason", "RequestId", "Source", "Tokens", "Used", "Variable",
    ];

    private static IEnumerable<(string Name, MethodInfo Method, LoggerMessageAttribute Message)> Messages =>
        from type in typeof(Program).Assembly.GetTypes()
        from method in type.GetMethods(
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select ($"{type.Name.Split('`')[0]}.{method.Name}", method, message);

    [Fact]
    public void Warnings_OfOneRequest_HaveItsId() => Assert.Equal(
        WithoutRequest,
        Messages.Where(entry => entry.Message.Level >= LogLevel.Warning && !HasRequestId(entry.Method, entry.Message))
            .Select(entry => entry.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Values_AreThoseThatMayBeLogged() => Assert.Equal(
        Values,
        Messages.SelectMany(entry => Placeholder().Matches(entry.Message.Message).Select(match => match.Groups[1].Value))
            .Distinct().Order(StringComparer.Ordinal));

    /// <summary>The other tests see only messages of <see cref="LoggerMessageAttribute"/>.</summary>
    [Fact]
    public void Messages_AreWrittenByGeneratedMethodsOnly() => Assert.Empty(
        SourceFiles.OfFunction.SelectMany(text => Call().Matches(text)).Select(match => match.Value));

    private static bool HasRequestId(MethodInfo method, LoggerMessageAttribute message) =>
        message.Message.Contains("{RequestId}", StringComparison.Ordinal)
        && method.GetParameters().Any(parameter => parameter.Name == "requestId" && parameter.ParameterType == typeof(string));

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"[lL]ogger\.Log(Trace|Debug|Information|Warning|Error|Critical)?\(")]
    private static partial Regex Call();
}
