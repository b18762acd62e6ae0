using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Tests.Recordings;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>
/// A reply that a model server really sent, or was reported to send, cut at random. The expected outcome is in the README files of
/// <c>tests/Reports</c> and <c>tests/Recordings</c>.
/// </summary>
internal sealed class RecordedReply : ISoakReply
{
    private const int Seed = 20261101;
    private const string Whole = "whole";
    private const string Broken = "error";

    private static readonly Input[] Inputs = [.. Recording.Paths.Where(path => Recording.IsReply(path) || Recording.IsRefusal(path))
        .Select(path => new Input(path))];

    private readonly Input _input;
    private readonly bool _isStreamed;
    private readonly string _model;
    private readonly int _cutSeed;
    private readonly bool _isBurst;

    public RecordedReply(int number)
    {
        var random = new Random((int)XxHash32.HashToUInt32(BitConverter.GetBytes(number), Seed)); // Seeds in a row are alike.
        _input = Inputs[random.Next(Inputs.Length)];
        _isStreamed = !_input.Recording.IsChat || random.Next(2) == 0;
        _model = random.Next(2) == 0 && _input.Recording.IsChat ? "r1-openai" : "r1";
        _cutSeed = random.Next();
        _isBurst = random.Next(2) == 0;
    }

    public string Kind => $"{_input.Folder}, {(_isStreamed ? "streaming" : "non-streaming")}";

    public string Path => _input.Recording.IsChat ? "v1/chat/completions" : "v1/completions";

    public bool Explains(string outcome) => outcome == (_input.Fails ? Broken : Whole);

    public override string ToString() => $"{_input.Recording.Path}, {Kind}, {_model}";

    public JsonObject ToRequest()
    {
        var request = new JsonObject
        {
            ["model"] = _model,
            ["stream"] = _isStreamed,
            ["n"] = _input.Recording.Choices,
            ["stand_in"] = new JsonObject
            {
                ["cut_seed"] = _cutSeed,
                ["pace_ms"] = 0,
                ["burst"] = _isBurst,
                ["replay"] = new JsonObject
                {
                    ["stream"] = _input.Base64,
                    ["whole"] = _input.Base64,
                    ["base64"] = true,
                    ["status"] = _input.Recording.Status ?? 200,
                },
            },
        };
        request[_input.Recording.IsChat ? "messages" : "prompt"] = _input.Recording.IsChat
            ? new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" })
            : "hi";
        if (_input.Recording.HasTools)
        {
            request["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object"}}}]""");
        }

        return request;
    }

    public string OutcomeOfJson(int status, JsonNode answer)
    {
        if (answer["error"] is { } error)
        {
            return status < 400 ? $"an error with status {status}"
                : _input.Recording.Status is { } original && status != original && !IsRefusal(error)
                ? $"status {status} in place of {original}"
                : OutcomeOfError(error);
        }

        var choices = answer["choices"]!.AsArray().Select(choice => choice!.AsObject());
        return FindDifference(choices.ToLookup(choice => (int)choice["index"]!), "message") ?? Whole;
    }

    // Some servers report with 500 that they cannot take the request.
    private static bool IsRefusal(JsonNode error) =>
        (string?)error["code"] == "context_length_exceeded" || ImageRefusal.IsRefused((string)error["message"]!);

    public string OutcomeOfEvents(IReadOnlyList<JsonNode> chunks)
    {
        if (chunks.FirstOrDefault(chunk => chunk["error"] is not null) is { } failed)
        {
            return OutcomeOfError(failed["error"]!);
        }

        var choices = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).Select(choice => choice!.AsObject());
        return FindDifference(choices.ToLookup(choice => (int)choice["index"]!), "delta") ?? Whole;
    }

    // The message is the server's, perhaps shortened, without names of its infrastructure, and with the words that agents look for.
    private string OutcomeOfError(JsonNode error) =>
        (string?)error["message"] is not { Length: > 0 } message ? "an error without a message"
        : _input.Expected?.Error is { } expected && !(expected.StartsWith(message.TrimEnd('…'), StringComparison.Ordinal)
            || message == $"{expected} (context_length_exceeded: this model's maximum context length is exceeded)")
        ? $"the message {message}"
        : Broken;

    private string? FindDifference(ILookup<int, JsonObject> choices, string member)
    {
        if (_input.Expected is not { } expected)
        {
            return "a reply to a refused request";
        }

        foreach (var (index, choice) in expected.Choices)
        {
            var (thinking, content, calls) = (new StringBuilder(), new StringBuilder(), new SortedDictionary<int, Call>());
            foreach (var part in choices[index])
            {
                var message = part[member];
                thinking.Append((string?)message?["reasoning_content"]);
                content.Append((string?)message?["content"] ?? (string?)part["text"]);
                AddCalls(message?["tool_calls"]?.AsArray() ?? [], calls);
            }

            var finish = choices[index].Select(part => (string?)part["finish_reason"]).LastOrDefault(reason => reason is not null);
            var difference = finish != choice.Finish ? $"finish reason {finish} in place of {choice.Finish}"
                : (thinking.ToString(), content.ToString()) != choice.Texts ? "another text"
                : !calls.Values.Select(call => (call.Id, call.Name, call.Arguments.ToString())).SequenceEqual(choice.Calls)
                ? "other tool calls"
                : null;
            if (difference is not null)
            {
                return difference;
            }
        }

        return null;
    }

    private static void AddCalls(JsonArray pieces, SortedDictionary<int, Call> calls)
    {
        var position = 0;
        foreach (var piece in pieces)
        {
            var index = (int?)piece!["index"] ?? position;
            position++;
            if (!calls.TryGetValue(index, out var call))
            {
                call = calls[index] = new Call((string)piece["id"]!, (string)piece["function"]!["name"]!);
            }

            call.Arguments.Append((string?)piece["function"]?["arguments"]);
        }
    }

    private sealed record Call(string Id, string Name)
    {
        public StringBuilder Arguments { get; } = new();
    }

    private sealed class Input
    {
        public Input(string path)
        {
            Recording = new Recording(path);
            Base64 = Convert.ToBase64String(Recording.Bytes);
            Expected = Recording.Status is null ? new ExpectedReply(Recording) : null;
            Folder = path.StartsWith("Reports/", StringComparison.Ordinal) ? "reports" : path.Split('/')[1];
        }

        public Recording Recording { get; }

        public string Base64 { get; }

        /// <summary>Null for a refusal.</summary>
        public ExpectedReply? Expected { get; }

        public string Folder { get; }

        public bool Fails => Expected is null or { Fails: true };
    }
}
