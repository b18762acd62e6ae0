using System.IO.Hashing;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>One reply of a soak, made from its number alone: what is asked for, and what must come of it.</summary>
internal sealed class SoakReply
{
    private const int Seed = 20260801;
    private const string Whole = "whole";

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

    /// <summary>The kind of request.</summary>
    public string Kind => $"{_fault?.Kind ?? "no fault"}{(_isOnce ? " once" : "")}, {(_isStreamed ? "streaming" : "non-streaming")}";

    /// <summary>True if an outcome is the one that the fault demands.</summary>
    public bool Explains(string outcome) =>
        _fault is null || _isOnce || IsAskedAgain ? outcome == Whole : _fault.Codes.Contains(outcome);

    // A stream that ended without a record is called again without streaming, and that call succeeds.
    private bool IsAskedAgain => _fault is { Kind: "end" } && _after == 0 && !_isStreamed;

    /// <summary>
    /// Sends the request, reads the response, and returns its outcome: "whole", an error code, or a defect. Null if Lambda was busy.
    /// </summary>
    public async Task<string?> AskAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post,
                "v1/chat/completions")
            { Content = JsonContent.Create(ToRequest()) };
            using var response = await client.SendAsync(message, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return body == """{"Message":"Rate Exceeded."}"""
                ? null
                : Judge((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }

    private JsonObject ToRequest() => new()
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

    private string Judge(int status, string? mediaType, string body)
    {
        if (mediaType == "text/event-stream")
        {
            return status == 200 ? JudgeEvents(body) : $"an event stream with status {status}";
        }

        var answer = JsonNode.Parse(body)!;
        return answer["error"] is { } error
            ? status >= 400 ? (string?)error["code"] ?? "an error without a code" : $"an error with status {status}"
            : JudgeText((string?)answer["choices"]?[0]?["message"]?["content"], (string?)answer["choices"]?[0]?["finish_reason"]);
    }

    private string JudgeEvents(string body)
    {
        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(text => text.StartsWith("data: ", StringComparison.Ordinal)).Select(text => text[6..]).ToList();
        if (events.LastOrDefault() != "[DONE]")
        {
            return "a stream without [DONE]";
        }

        var content = new StringBuilder();
        string? finish = null;
        foreach (var chunk in events.SkipLast(1).Select(data => JsonNode.Parse(data)!))
        {
            if (chunk["error"] is { } error)
            {
                return (string?)error["code"] ?? "an error without a code";
            }

            content.Append((string?)chunk["choices"]?.AsArray().FirstOrDefault()?["delta"]?["content"]);
            finish = (string?)chunk["choices"]?.AsArray().FirstOrDefault()?["finish_reason"] ?? finish;
        }

        return JudgeText(content.ToString(), finish);
    }

    private string JudgeText(string? content, string? finish) =>
        finish is null ? "a reply without a finish reason"
        : content == string.Concat(Enumerable.Range(0, _tokens).Select(i => $" t{i}")) ? Whole
        : "another text";
}
