using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// What the stand-in reads of a request. Beside OpenAI's members it takes <c>stand_in</c>, which the relay passes on like everything
/// that it does not know: <c>{"pace_ms","tokens","stamp","reasoning","content","part_bytes","cut_seed","write_bytes","burst","gate","fault"}</c>.
/// </summary>
internal sealed class StandInRequest
{
    private StandInRequest(JsonObject root)
    {
        Root = root;
        Options = root["stand_in"] as JsonObject ?? [];
    }

    public JsonObject Root { get; }

    /// <summary>The last user message's text.</summary>
    public string Question => (Root["messages"] as JsonArray)?.LastOrDefault(message => (string?)message?["role"] == "user")?["content"] switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        JsonArray parts => string.Concat(parts.Select(part => (string?)part?["text"])),
        _ => "",
    };

    public string Model => (string?)Root["model"] ?? "";

    public bool IsStreamed => Root["stream"]?.GetValueKind() == JsonValueKind.True;

    public bool IncludesUsage => Root["stream_options"]?["include_usage"]?.GetValueKind() == JsonValueKind.True;

    /// <summary>Milliseconds between events; null for the stand-in's own pace.</summary>
    public int? Pace => (int?)Options["pace_ms"];

    /// <summary>Content of that many made-up tokens, in place of an answer.</summary>
    public int? Tokens => (int?)Options["tokens"];

    /// <summary>True to make each of <see cref="Tokens"/> the <see cref="System.Diagnostics.Stopwatch"/>'s time at which it was written.</summary>
    public bool IsStamped => (bool?)Options["stamp"] ?? false;

    public string? Reasoning => (string?)Options["reasoning"];

    public string? Content => (string?)Options["content"];

    /// <summary>Payloads of at most that many bytes, event for event.</summary>
    public int? PartBytes => (int?)Options["part_bytes"];

    /// <summary>Payloads of random length without regard to events.</summary>
    public int? CutSeed => (int?)Options["cut_seed"];

    /// <summary>Socket writes of at most that many bytes, without regard to frames.</summary>
    public int? WriteBytes => (int?)Options["write_bytes"];

    /// <summary>True to send everything at once, at the end or together with the fault.</summary>
    public bool IsBurst => (bool?)Options["burst"] ?? false;

    /// <summary>Every event but the first waits until this gate lets one more through.</summary>
    public string? Gate => (string?)Options["gate"];

    public Fault? Fault => Fault.Parse(Options["fault"]);

    private JsonObject Options { get; }

    /// <summary>Null where the body is no JSON object.</summary>
    public static StandInRequest? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject root ? new StandInRequest(root) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
