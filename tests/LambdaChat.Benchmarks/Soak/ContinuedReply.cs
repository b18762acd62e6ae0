using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>
/// A reply of a model with two targets that continue each other. In every second one, the target that is called first dies at a random
/// event. The text has to be the undisturbed one. A lost connection and SageMaker's time limit can come twice.
/// </summary>
internal sealed class ContinuedReply : ISoakReply
{
    private const int Seed = 20261128;

    // The failures of an endpoint inside a reply. A stall would take the idle time.
    private static readonly string[] Faults =
    [
        "model_stream_error", "model_timeout", "internal_stream_failure", "error_frame", "corrupt_frame", "corrupt_prelude",
        "oversized_frame", "truncated_frame", "garbage", "end", "done", "abort", "reset",
    ];

    private static readonly string[] Repeatable = ["model_timeout", "truncated_frame", "reset"];

    private static readonly string[] Words =
        [" the", " sky", " is", " blue", ",", ".", "\n\n", "\n", "比", "较", " 🤔", " <b>", "</b>", " \"so\"", "    ", " `x`", " 9.8"];

    private readonly string? _fault;
    private readonly bool _isStreamed;
    private readonly bool _isMidEvent;
    private readonly bool _isBurst;
    private readonly int _after;
    private readonly int _deaths;
    private readonly int _cutSeed;
    private readonly int _number;
    private readonly string _thinking;
    private readonly string _answer;

    public ContinuedReply(int number)
    {
        var random = new Random((int)XxHash32.HashToUInt32(BitConverter.GetBytes(number), Seed));
        _number = number;
        _isStreamed = random.Next(2) == 0;
        _fault = random.Next(2) == 0 ? Faults[random.Next(Faults.Length)] : null;
        _thinking = random.Next(2) == 0 ? "" : Text(random, "Well");
        _answer = Text(random, "So");
        _after = random.Next(40);
        _isMidEvent = random.Next(4) == 0;
        _isBurst = random.Next(3) == 0;
        _deaths = random.Next(3) == 0 && Repeatable.Contains(_fault) ? 2 : 1;
        _cutSeed = random.Next();
    }

    public string Path => "v1/chat/completions";

    public string Kind => $"{_fault ?? "no fault"}, {(_isStreamed ? "streaming" : "non-streaming")}";

    public bool Explains(string outcome) => outcome == SoakOutcome.Whole || (_after == 0 && SoakOutcome.IsError(outcome));

    public override string ToString() => $"{Kind}, after {_after}, {_deaths} times";

    public JsonObject ToRequest() => new()
    {
        ["model"] = "r1-continued",
        ["stream"] = _isStreamed,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
        ["stand_in"] = new JsonObject
        {
            ["reasoning"] = _thinking,
            ["content"] = _answer,
            ["pace_ms"] = _fault == "reset" ? 1 : 0, // Usually a part of the reply arrives before the reset.
            ["burst"] = _isBurst,
            ["cut_seed"] = _cutSeed,
            ["fault"] = _fault is null
                ? null
                : new JsonObject
                {
                    ["kind"] = _fault,
                    ["after"] = _after,
                    ["mid_event"] = _isMidEvent,
                    ["times"] = _deaths,
                    ["id"] = $"continued-{_number}",
                },
        },
    };

    public string OutcomeOfJson(int status, JsonNode answer) => answer["error"] is { } error
        ? SoakOutcome.OfError(error)
        : OutcomeOf(
            (string?)answer["choices"]?[0]?["message"]?["reasoning_content"], (string?)answer["choices"]?[0]?["message"]?["content"],
            (string?)answer["choices"]?[0]?["finish_reason"], roles: 1);

    public string OutcomeOfEvents(IReadOnlyList<JsonNode> chunks)
    {
        if (chunks.FirstOrDefault(chunk => chunk["error"] is not null) is { } failed)
        {
            return SoakOutcome.OfError(failed["error"]!);
        }

        var choices = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).Select(choice => choice!).ToList();
        return OutcomeOf(
            string.Concat(choices.Select(choice => (string?)choice["delta"]!["reasoning_content"])),
            string.Concat(choices.Select(choice => (string?)choice["delta"]!["content"])),
            (string?)choices.LastOrDefault()?["finish_reason"], choices.Count(choice => choice["delta"]!["role"] is not null));
    }

    // The relay makes one blank line of several in the thinking.
    private string OutcomeOf(string? thinking, string? answer, string? finish, int roles) =>
        finish != "stop" ? "a reply without its finish reason"
        : roles != 1 ? $"{roles} roles"
        : Squeeze(thinking) != Squeeze(_thinking) || answer != _answer ? "repeated or lost text"
        : SoakOutcome.Whole;

    private static string Squeeze(string? text) => string.Concat((text ?? "").Where(c => !char.IsWhiteSpace(c)));

    private static string Text(Random random, string first)
    {
        var text = new StringBuilder(first);
        for (var i = random.Next(3, 30); i > 0; i--)
        {
            text.Append(Words[random.Next(Words.Length)]);
        }

        return text.Append(" end.").ToString();
    }
}
