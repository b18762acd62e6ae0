using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.Hosting;

/// <summary>Formats the function's JSON log lines for a terminal. Other lines are unchanged.</summary>
internal static class LogLine
{
    private const string Reset = "\e[0m";

    /// <summary>True if standard output is a terminal and NO_COLOR is not set. Source: https://no-color.org</summary>
    public static bool HasColors { get; } =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>True for the line that Lambda writes at the end of an invocation, unless the invocation failed.</summary>
    public static bool IsReportOfSuccess(string line) =>
        line.StartsWith("REPORT RequestId: ", StringComparison.Ordinal) && !line.Contains("\tStatus: ", StringComparison.Ordinal);

    public static string Format(string line, bool hasColors)
    {
        if (!line.StartsWith('{') || Parse(line) is not { } members || members["level"] is null || members["timestamp"] is null)
        {
            return line;
        }

        var level = Text(members["level"]);
        var text = new StringBuilder()
            .Append(FormatTime(Text(members["timestamp"])))
            .Append(' ').Append(hasColors ? Color(level) : "").Append(level.PadRight(5)).Append(hasColors ? Reset : "").Append(' ')
            .Append(members["outcome"] is null ? Text(members["message"]) : FormatReply(members));
        foreach (var exception in members["exceptions"] as JsonArray ?? [])
        {
            text.Append('\n').Append(Text(exception?["type"])).Append('\n').Append(Text(exception?["stackTrace"]));
        }

        return text.ToString();
    }

    private static string FormatTime(string timestamp) =>
        DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, out var time)
            ? time.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)
            : "";

    // deepseek-r1 completed 200 · 124 ms, first token 35 ms, 12.5 ms a token · 5 tokens in, 300 out · 303 events, 40 parts, 12 cuts · …
    private static string FormatReply(JsonObject reply)
    {
        var text = new StringBuilder($"{Text(reply["model"])} {Text(reply["outcome"])} {Text(reply["status"])}");
        Append(text, " (", reply["detail"], ")");
        Append(text, " · ", reply["duration"], " ms");
        Append(text, ", first token ", reply["timeToFirstToken"], " ms");
        Append(text, ", ", reply["timePerOutputToken"], " ms a token");
        Append(text, " · ", reply["inputTokens"], " tokens in");
        Append(text, ", ", reply["outputTokens"], " out");
        Append(text, " · ", reply["events"], " events");
        Append(text, ", ", reply["parts"], " parts");
        AppendIfNotZero(text, ", ", reply["cuts"], " cuts");
        AppendIfNotZero(text, ", ", reply["heartbeats"], " heartbeats");
        AppendIfNotZero(text, ", ", reply["retries"], " retries");
        text.Append(Text(reply["coldWaits"]) is "" or "0" ? "" : ", waited for a cold endpoint");
        Append(text, ", ", reply["continuations"], " continuations");
        AppendIfNotZero(text, ", target ", reply["target"], "");
        Append(text, ", ", reply["bytes"], " bytes");
        Append(text, " · ", reply["key"], "");
        Append(text, " · ", reply["requestId"], "");
        return text.ToString();
    }

    private static void Append(StringBuilder text, string before, JsonNode? value, string after)
    {
        if (value is not null)
        {
            text.Append(before).Append(Text(value)).Append(after);
        }
    }

    private static void AppendIfNotZero(StringBuilder text, string before, JsonNode? value, string after) =>
        Append(text, before, Text(value) == "0" ? null : value, after);

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";

    private static string Color(string level) => level switch
    {
        "WARN" => "\e[33m",
        "ERROR" or "FATAL" => "\e[31m",
        _ => "\e[2m",
    };
}
