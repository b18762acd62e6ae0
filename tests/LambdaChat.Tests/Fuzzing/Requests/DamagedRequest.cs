using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>A request with one fault, and the path of the faulty field in the notation of errors.</summary>
/// <param name="Path">Empty if the fault is not one of a field.</param>
internal sealed record DamagedRequest(byte[] Bytes, string Path, string Fault)
{
    private const string Placeholder = "\u0001twice";

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    private static readonly string[] Values =
    [
        "null", "true", "false", "7", "0", "-1", "1.5", "1e300", "1e-400", "123456789012345678901234567890", "\"\"", "\"zzz\"", "\" \"", "[]", "{}",
        "[null]", "[[]]", "[7]", "[\"zzz\"]", "[{}]", "{\"a\":null}", "{\"type\":\"zzz\"}", "{\"type\":7}", "[{\"type\":\"zzz\",\"text\":7}]",
        "{\"enable_thinking\":false}", "\"\\u0000\"", "\"data:,\"", "\"data:image/png\"",
        "\"" + new string('z', 300) + "\"", "\"" + new string('z', 70_000) + "\"", Nested("[", "]", 100), Nested("{\"a\":", "}", 100),
        Nested("[", "]", 200), Nested("{\"a\":", "}", 200),
    ];

    private static readonly string[] Arguments =
    [
        "{\"x\":\"\\ud83d\"}", "{\"\\udc00\":\"\\ud83e\\udd14\"}", "{\"x\":", "null", "[1]", "{\"x\":1}{", "", " {\"x\":1}\n", "\uFEFF{}", "{\"x\":NaN}",
        "{'x':1}", "\"{}\"", "{\"x\":1,\"x\":2}", "{\"x\":\"\n\"}", Nested("{\"a\":", "}", 200), "```json\n{}\n```",
    ];

    private static readonly byte[][] InvalidUtf8 = [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]];

    // Members that the APIs know, which the forms do not always have.
    private static readonly string[] Names =
    [
        "n", "best_of", "stop", "stream", "stream_options", "logprobs", "top_logprobs", "prompt_logprobs", "logit_bias", "seed", "user",
        "metadata", "store", "tools", "tool_choice", "parallel_tool_calls", "response_format", "functions", "function_call",
        "reasoning_effort", "reasoning_output", "show_errors", "chat_template_kwargs", "max_tokens", "max_completion_tokens", "min_tokens",
        "ignore_eos", "continue_final_message", "add_generation_prompt", "cache_control", "system", "stop_sequences", "thinking",
        "output_config", "output_format", "thread", "container", "context_management", "top_k", "instructions", "previous_response_id",
        "include", "text", "reasoning", "truncation", "conversation", "prompt", "max_output_tokens", "max_tool_calls", "service_tier",
        "prompt_cache_key", "safety_identifier", "input", "messages", "id", "trigger", "config", "callSettings", "threadId", "runId",
        "context", "state", "forwardedProps", "resume", "role", "content", "type", "text", "parts", "name", "call_id", "arguments",
        "toolCalls", "toolCallId", "tool_calls", "tool_call_id", "input_schema", "parameters", "description", "strict", "defer_loading",
        "encrypted_content", "summary", "source", "is_error", "output", "errorText", "error", "approval", "namespace", "status",
    ];

    /// <summary>Damages a request.</summary>
    public static DamagedRequest Create(JsonObject request, Mutator random) => random.Random.Next(13) switch
    {
        0 => OfBytes(request, random),
        1 => Twice(request, random),
        2 or 3 => Removed(request, random),
        4 => Moved(request, random),
        5 or 6 => Added(request, random),
        7 => Renamed(request, random),
        8 => Misspoken(request, random),
        _ => Replaced(request, random),
    };

    private static string Nested(string open, string close, int depth) =>
        string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));

    private static DamagedRequest Of(JsonObject request, Mutator random, string path, string fault) =>
        new(RequestForms.ToBytes(request, random), path, fault);

    private static DamagedRequest Replaced(JsonObject request, Mutator random)
    {
        var (path, node) = random.Pick(NodesOf(request, "").ToList());
        var value = random.Pick(Values);
        node.ReplaceWith(JsonNode.Parse(value, null, Deep));
        return Of(request, random, path, $"{path} = {value[..Math.Min(value.Length, 80)]}");
    }

    private static DamagedRequest Removed(JsonObject request, Mutator random)
    {
        var (path, node) = random.Pick(NodesOf(request, "").ToList());
        if (node.Parent is JsonObject parent)
        {
            parent.Remove(node.GetPropertyName());
        }
        else
        {
            ((JsonArray)node.Parent!).Remove(node);
        }

        return Of(request, random, path, $"{path} removed");
    }

    // An element is repeated, or moved to the front.
    private static DamagedRequest Moved(JsonObject request, Mutator random)
    {
        var nodes = NodesOf(request, "").Where(static node => node.Node.Parent is JsonArray).ToList();
        if (nodes.Count == 0)
        {
            return Removed(request, random);
        }

        var (path, node) = random.Pick(nodes);
        var list = (JsonArray)node.Parent!;
        var copy = node.DeepClone();
        if (random.OneIn(2) || IsCall(node)) // Two calls of a turn with one id are two faults: their results cannot be told apart.
        {
            list.Remove(node);
        }

        list.Insert(0, copy);
        return Of(request, random, "", $"{path} moved");
    }

    private static bool IsCall(JsonNode node) => node is JsonObject item && (string?)item["type"] is "tool_use" or "function_call" or "function";

    private static DamagedRequest Added(JsonObject request, Mutator random)
    {
        var objects = NodesOf(request, "").Where(static node => node.Node is JsonObject).Append(("", request)).ToList();
        var (path, node) = random.OneIn(2) ? ("", request) : random.Pick(objects);
        var (name, value) = (random.OneIn(40) ? new string('n', 300) : random.Pick(Names), random.Pick(Values));
        ((JsonObject)node)[name] = JsonNode.Parse(value, null, Deep);
        path = name.Length > 256 ? "" : path.Length == 0 ? name : $"{path}.{name}";
        return Of(request, random, path, $"{path} = {value[..Math.Min(value.Length, 80)]}");
    }

    // Another type, role or id.
    private static DamagedRequest Renamed(JsonObject request, Mutator random)
    {
        var names = NodesOf(request, "").Where(static node => node.Node.Parent is JsonObject && node.Node is JsonValue value
            && value.TryGetValue<string>(out _) && node.Node.GetPropertyName() is var name
            && (name is "type" or "role" or "state" || name.EndsWith("id", StringComparison.OrdinalIgnoreCase))).ToList();
        if (names.Count == 0)
        {
            return Replaced(request, random);
        }

        var (path, node) = random.Pick(names);
        var isOfType = node.GetPropertyName() is "type" or "role" or "state";
        var other = isOfType && random.OneIn(2) ? (string?)random.Pick(names).Node
            : random.Pick(["zzz", "", "assistant", "tool", "system", "text"]);
        node.ReplaceWith(JsonValue.Create(other));
        return Of(request, random, path, $"{path} = {other}");
    }

    // What models write as the arguments of calls.
    private static DamagedRequest Misspoken(JsonObject request, Mutator random)
    {
        var arguments = NodesOf(request, "").Where(static node => node.Path.EndsWith("arguments", StringComparison.Ordinal)
            || node.Path.EndsWith("input", StringComparison.OrdinalIgnoreCase)).ToList();
        if (arguments.Count == 0)
        {
            return Replaced(request, random);
        }

        var (path, node) = random.Pick(arguments);
        var text = random.Pick(Arguments);
        node.ReplaceWith(JsonValue.Create(text));
        return Of(request, random, path, $"{path} = {text}");
    }

    private static DamagedRequest Twice(JsonObject request, Mutator random)
    {
        var members = NodesOf(request, "").Where(static node => node.Node.Parent is JsonObject).ToList();
        var (path, node) = random.Pick(members);
        var name = node.GetPropertyName();
        ((JsonObject)node.Parent!)[Placeholder] = random.OneIn(2) ? node.DeepClone() : 7;
        var text = Encoding.UTF8.GetString(RequestForms.ToBytes(request, random));
        text = text.Replace(JsonSerializer.Serialize(Placeholder), JsonSerializer.Serialize(name), StringComparison.OrdinalIgnoreCase);
        return new DamagedRequest(Encoding.UTF8.GetBytes(text), path, $"{path} twice");
    }

    private static DamagedRequest OfBytes(JsonObject request, Mutator random)
    {
        var bytes = RequestForms.ToBytes(request, random);
        var at = random.Random.Next(bytes.Length);
        var quote = bytes.AsSpan(at).IndexOf((byte)'"') is >= 0 and var next ? at + next + 1 : 1;
        var damaged = random.Random.Next(9) switch
        {
            0 => (byte[])[.. "\uFEFF"u8, .. bytes],
            1 => bytes[..at],
            2 => [.. bytes, .. "}"u8],
            3 => [.. bytes[..quote], .. "\\ud83d"u8, .. bytes[quote..]],
            4 => [.. bytes[..quote], .. "\\udc00\\ud800"u8, .. bytes[quote..]],
            5 => [.. bytes[..quote], .. random.Pick(InvalidUtf8), .. bytes[quote..]],
            6 => [.. bytes[..at], random.Pick("\0{}[]:,\"\\"u8.ToArray()), .. bytes[at..]],
            7 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(bytes)),
            _ => random.Pick((byte[][])[[], [.. "null"u8], [.. "[]"u8], [.. "\"x\""u8], [.. "{}"u8], [.. "\uFEFF"u8], [.. " "u8]]),
        };
        return new DamagedRequest(damaged, "", "bytes");
    }

    private static IEnumerable<(string Path, JsonNode Node)> NodesOf(JsonNode node, string path)
    {
        IEnumerable<(string Path, JsonNode? Node)> children = node switch
        {
            JsonObject item => item.Select(member => (path.Length == 0 ? member.Key : $"{path}.{member.Key}", member.Value)),
            JsonArray list => list.Select((element, i) => ($"{path}[{i}]", element)),
            _ => [],
        };
        return children.Where(static child => child.Node is not null).SelectMany(static child =>
            NodesOf(child.Node!, child.Path).Prepend((child.Path, child.Node!)));
    }
}
