using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker;

/// <summary>A model server that thinks and answers by script, in the chunk shapes of vLLM.</summary>
internal static class ScriptedModel
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The events of a streamed reply, each as the server writes it.</summary>
    public static IEnumerable<byte[]> Stream(StandInRequest request, string id, long created)
    {
        var (reasoning, content) = Answer(request);
        yield return Event(Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }, finishReason: null));
        foreach (var token in reasoning)
        {
            yield return Event(Chunk(new JsonObject { ["reasoning"] = token }, finishReason: null));
        }

        foreach (var token in content)
        {
            var text = request.IsStamped ? Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture) : token;
            yield return Event(Chunk(new JsonObject { ["content"] = text }, finishReason: null));
        }

        yield return Event(Chunk(new JsonObject { ["content"] = "" }, finishReason: "stop"));
        if (request.IncludesUsage)
        {
            var usage = Envelope("chat.completion.chunk");
            usage["choices"] = new JsonArray();
            usage["usage"] = Usage(request, reasoning.Count + content.Count);
            yield return Event(usage);
        }

        yield return "data: [DONE]\n\n"u8.ToArray();

        JsonObject Envelope(string kind) => new() { ["id"] = id, ["object"] = kind, ["created"] = created, ["model"] = request.Model };

        JsonObject Chunk(JsonObject delta, string? finishReason)
        {
            var chunk = Envelope("chat.completion.chunk");
            chunk["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["delta"] = delta,
                ["logprobs"] = null,
                ["finish_reason"] = finishReason,
                ["token_ids"] = null,
            });
            return chunk;
        }
    }

    /// <summary>The reply in one piece.</summary>
    public static byte[] Complete(StandInRequest request, string id, long created)
    {
        var (reasoning, content) = Answer(request);
        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["id"] = id,
            ["object"] = "chat.completion",
            ["created"] = created,
            ["model"] = request.Model,
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(content), ["reasoning"] = string.Concat(reasoning), ["tool_calls"] = new JsonArray() },
                ["logprobs"] = null,
                ["finish_reason"] = "stop",
            }),
            ["usage"] = Usage(request, reasoning.Count + content.Count),
        }.ToJsonString(Json));
    }

    private static byte[] Event(JsonObject data) => Encoding.UTF8.GetBytes($"data: {data.ToJsonString(Json)}\n\n");

    private static JsonObject Usage(StandInRequest request, int tokens)
    {
        var prompt = 8 + Script.Split(request.Question).Count;
        return new JsonObject { ["prompt_tokens"] = prompt, ["total_tokens"] = prompt + tokens, ["completion_tokens"] = tokens };
    }

    private static (IReadOnlyList<string> Reasoning, IReadOnlyList<string> Content) Answer(StandInRequest request)
    {
        if (request.Tokens is { } count)
        {
            return ([], [.. Enumerable.Range(0, count).Select(i => $" t{i}")]);
        }

        var (reasoning, content) = Script.Answer(request.Question);
        return (Script.Split(request.Reasoning ?? reasoning), Script.Split(request.Content ?? content));
    }
}
