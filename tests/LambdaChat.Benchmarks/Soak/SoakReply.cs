using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>A reply of the scripted model, about every third with a fault.</summary>
internal sealed class SoakReply : ISoakReply
{
    private const int Seed = 20260801;

    private readonly SoakFault? _fault;
    private readonly bool _isStreamed;
    private readonly int _tokens;
    private readonly int _after;
    private readonly bool _isMidEvent;
    private readonly bool _isBurst;
    private readonly bool _isOnce; // The second attempt succeeds.
    private readonly int _number;

    public SoakReply(int number)
    {
        _number = number;
        // Consecutive seeds give similar numbers.
        var random = new Random((int)XxHash32.HashToUInt32(BitConverter.GetBytes(number), Seed));
        _isStreamed = random.Next(2) == 0;
        _tokens = random.Next(5, 21);
        _fault = random.Next(3) == 0 ? SoakFault.All[random.Next(SoakFault.All.Length)] : null;
        _after = random.Next(5);
        _isBurst = random.Next(3) == 0;
        _isMidEvent = _fault?.Kind is "model_stream_error" or "truncated_frame" or "reset" && random.Next(4) == 0;
        _isOnce = _fault is { IsRetried: true } && random.Next(2) == 0;
    }

    public string Path => "v1/chat/completions";

    public string Kind => $"{_fault?.Kind ?? "no fault"}{(_isOnce ? " once" : "")}, {(_isStreamed ? "streaming" : "non-streaming")}";

    public bool Explains(string outcome) =>
        _fault is null || _isOnce || IsAskedAgain ? outcome == SoakOutcome.Whole : _fault.Codes.Contains(outcome);

    // A stream that ended or broke without a record, or had [DONE] alone, is called again without streaming, and that call succeeds.
    private bool IsAskedAgain => _fault is { Kind: "end" or "done" or "model_stream_error" } && _after == 0 && !_isStreamed;

    public override string ToString() => Kind;

    public JsonObject ToRequest() => new()
    {
        ["model"] = "r1",
        ["stream"] = _isStreamed,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
        ["user"] = $"soak-{_number}", // The emulator recognizes the second attempt by it.
        ["stand_in"] = new JsonObject
        {
            ["tokens"] = _tokens,
            ["pace_ms"] = _fault?.Kind == "reset" ? 1 : 0, // Usually a part of the reply arrives before the reset.
            ["burst"] = _isBurst,
            ["fault"] = _fault is null
                ? null
                : new JsonObject
                {
                    ["kind"] = _fault.Kind,
                    ["after"] = _after,
                    ["mid_event"] = _isMidEvent,
                    ["times"] = _isOnce
                ? 1
                : null
                },
        },
    };

    public string OutcomeOfJson(int status, JsonNode answer) => answer["error"] is { } error
        ? status >= 400 ? SoakOutcome.OfError(error) : $"an error with status {status}"
        : OutcomeOfText((string?)answer["choices"]?[0]?["message"]?["content"], (string?)answer["choices"]?[0]?["finish_reason"]);

    public string OutcomeOfEvents(IReadOnlyList<JsonNode> chunks)
    {
        var content = new StringBuilder();
        string? finish = null;
        foreach (var chunk in chunks)
        {
            if (chunk["error"] is { } error)
            {
                return SoakOutcome.OfError(error);
            }

            content.Append((string?)chunk["choices"]?.AsArray().FirstOrDefault()?["delta"]?["content"]);
            finish = (string?)chunk["choices"]?.AsArray().FirstOrDefault()?["finish_reason"] ?? finish;
        }

        return OutcomeOfText(content.ToString(), finish);
    }

    private string OutcomeOfText(string? content, string? finish) =>
        finish is null ? "a reply without a finish reason"
        : content == string.Concat(Enumerable.Range(0, _tokens).Select(i => $" t{i}")) ? SoakOutcome.Whole
        : "another text";
}
