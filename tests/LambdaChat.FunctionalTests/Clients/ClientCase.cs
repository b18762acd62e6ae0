using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>The cases of the table and what each client must show for them.</summary>
internal static class ClientCase
{
    private const string Question = "9.11 and 9.8, which is greater?"; // The scripts send this question.
    private const string ThinkingBack = "thinking-back"; // A second look at the case "thinking".

    private static readonly string[] All =
        ["text", "thinking", ThinkingBack, "tool", "two-tools", "image", "json", "fault-before", "fault-during", "cut", "cancel"];

    /// <summary>The titles of the cases, in the order of <see cref="Row"/>.</summary>
    public static IReadOnlyList<string> Titles { get; } =
    [
        "text", "thinking", "thinking in the next turn", "tool", "two tools", "image", "structured",
        "fault before", "fault during", "cut", "cancel",
    ];

    /// <summary>The cases that the client supports.</summary>
    public static IEnumerable<string> Names(ClientKind kind) => All.Except(kind.Lacks);

    /// <summary>The models that the client asks.</summary>
    public static IEnumerable<string> Models(ClientKind kind) => Names(kind).Select(ModelOf).Distinct();

    public static string ModelOf(string name) => name == ThinkingBack ? "thinking" : name;

    /// <summary>The modes in which the client runs a case. Only a stream shows whether it was cancelled in the middle.</summary>
    public static IEnumerable<string> Modes(ClientKind kind, string name) =>
        kind.Modes.Where(mode => name != "cancel" || mode == ClientKind.Streamed);

    /// <summary>The cells of a client.</summary>
    public static IEnumerable<string> Row(IReadOnlyDictionary<string, string?> faults) =>
        All.Select(name => !faults.TryGetValue(name, out var fault) ? "–" : fault is null ? "✓" : "✗");

    /// <param name="kind">The client.</param>
    /// <param name="name">The case.</param>
    /// <param name="result">What the client showed.</param>
    /// <param name="calls">The bodies of the calls that reached the model.</param>
    public static string? FindFault(ClientKind kind, string name, JsonObject result, IReadOnlyList<JsonObject> calls)
    {
        var isRight = name switch
        {
            "fault-before" =>
                HasError(result, kind.HidesErrors ? "" : "The container refused the request.", 400) && (string?)result["text"] == "",
            "fault-during" => HasError(result, kind.HidesErrors ? "" : "boom") && IsPart(result),
            "cut" => HasError(result, "") && IsPart(result),
            "cancel" => HasError(result, "") && (bool?)result["wasCancelled"] == true,
            _ => result["error"] is null && HasAnswer(kind, name, result, calls),
        };
        return isRight ? null : result.ToJsonString();
    }

    private static bool HasAnswer(ClientKind kind, string name, JsonObject result, IReadOnlyList<JsonObject> calls)
    {
        var (reasoning, content) = Script.Answer(Question);
        var turns = result["turns"]!.AsArray();
        return name switch
        {
            "text" => (string?)turns[0]!["text"] == content && (kind.HidesUsage || HasUsage(turns[0]!["usage"])),
            "thinking" => turns.Count == 2 && (string?)turns[0]!["reasoning"] == reasoning && (string?)turns[0]!["text"] == content,
            ThinkingBack => calls.Any(call => HasThinking(call, reasoning, content)),
            "tool" => HasToolRound(result, calls, "get_weather"),
            "two-tools" => HasToolRound(result, calls, "get_weather", "get_time"),
            "image" => (string?)turns[0]!["text"] == content && calls.Count > 0 && calls.All(HasImage),
            "json" => IsPlace((string)turns[0]!["text"]!),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
    }

    private static bool HasUsage(JsonNode? usage) => (int?)usage?["input"] > 0 && (int?)usage["output"] > 10;

    private static bool IsPlace(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject { Count: 1 } json && json.ContainsKey("city");
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasThinking(JsonObject call, string reasoning, string content) =>
        Messages(call, "assistant").Any(message =>
            (string?)message["reasoning_content"] == reasoning
            && message["content"]!.ToJsonString().Contains(content[..10], StringComparison.Ordinal));

    // The client shows the calls and returns them with one result each, and the model answers.
    private static bool HasToolRound(JsonObject result, IReadOnlyList<JsonObject> calls, params string[] names)
    {
        var turns = result["turns"]!.AsArray();
        var shown = turns[0]!["calls"]!.AsArray();
        return turns.Count == 2
            && shown.Select(static call => (string?)call!["name"]).SequenceEqual(names)
            && shown.All(static call => call!["input"] is JsonObject { Count: 1 })
            && ((string?)turns[1]!["text"])?.Contains("scripted model", StringComparison.Ordinal) == true
            && calls.Any(call => HasResults(call, [.. shown.Select(static call => (string)call!["id"]!)]));
    }

    private static bool HasResults(JsonObject call, string[] ids) =>
        Messages(call, "assistant").Any(message =>
            message["tool_calls"]?.AsArray().Select(static tool => (string)tool!["id"]!).SequenceEqual(ids) == true)
        && Messages(call, "tool").Select(static message => (string)message["tool_call_id"]!).SequenceEqual(ids)
        && Messages(call, "tool").All(static message => message["content"]!.ToJsonString().Contains("It is ", StringComparison.Ordinal));

    private static bool HasImage(JsonObject call) =>
        Messages(call, "user").Any(static message =>
            message["content"]!.ToJsonString().Contains("\"image_url\":{\"url\":\"data:image/png;base64,", StringComparison.Ordinal));

    private static IEnumerable<JsonNode> Messages(JsonObject call, string role) =>
        call["messages"]!.AsArray().Where(message => (string?)message!["role"] == role)!;

    private static bool HasError(JsonObject result, string part, int? status = null) =>
        ((string?)result["error"])?.Contains(part, StringComparison.Ordinal) == true
        && (status is null || (int?)result["status"] == status);

    // The text that a client showed before the failure is the start of the answer.
    private static bool IsPart(JsonObject result) =>
        (string)result["text"]! is var text
        && Script.Answer(Question).Content.StartsWith(text, StringComparison.Ordinal)
        && text.Length < Script.Answer(Question).Content.Length
        && (text.Length > 0 || (bool?)result["isStreamed"] == false);
}
