using System.Text.RegularExpressions;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>The streamed bytes of each server for the reasoning "Hm" and the content "Hi", with masked ids and times.</summary>
internal static partial class WireShapes
{
    private const string Sse = "text/event-stream; charset=utf-8";
    private const string Hi = """{"content":"Hi"}""";
    private const string NoUsage = ",\"usage\":null";
    private const string Timings = ""","timings":{"prompt_n":8,"predicted_n":2,"predicted_per_second":58.2}""";
    private const string TgiStart =
        """{"object":"text_completion","id":"","created":1,"model":"m","system_fingerprint":"2.0.1-sha","choices":[""";
    private static readonly string[] Inline = ["<", "think", ">", "Hm", "</", "think", ">", "Hi"];

    public static IReadOnlyDictionary<string, (string ContentType, string Text)> All { get; } = new Dictionary<string, (string, string)>
    {
        ["vllm"] = (Sse, Events(Vllm(Delta("reasoning", "Hm"), Hi))),
        ["vllm-0.32"] = (Sse, Events(
        [
            Chunk(
                """{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}""",
                ",\"prompt_token_ids\":null,\"prompt_text\":null"),
            Chunk("""{"index":0,"delta":{"reasoning":"Hm"},"logprobs":null,"finish_reason":null,"token_ids":null}"""),
            Chunk("""{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null,"token_ids":null}"""),
            Chunk(
                """{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}""",
                ",\"system_fingerprint\":\"vllm-0.32.0-3fd581a6\""),
            Chunk("", Usage(2)),
        ])),
        ["vllm-2025"] = (Sse, Events(Vllm(Delta("reasoning_content", "Hm"), Hi))),
        ["deepseek"] = (Sse, Events(Vllm(Delta("reasoning_content", "Hm"), Hi))),
        ["mistral"] = (Sse, Events(Vllm(Delta("reasoning_content", "Hm"), Hi))),
        ["vllm-transition"] = (Sse, Events(Vllm("""{"reasoning":"Hm","reasoning_content":"Hm"}""", Hi))),
        ["vllm-inline"] = (Sse, Events(Vllm([.. Inline.Select(token => Delta("content", token))]))),
        ["vllm-bare"] = (Sse, Events(Vllm([.. Inline[3..].Select(token => Delta("content", token))]))),
        ["sglang"] = (Sse, Events(
        [
            Chunk(
                """{"index":0,"delta":{"role":"assistant","content":"","reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":null}""",
                NoUsage),
            Chunk(
                """{"index":0,"delta":{"role":null,"content":null,"reasoning_content":"Hm","tool_calls":null},"logprobs":null,"matched_stop":null,"finish_reason":null}""",
                NoUsage),
            Chunk(
                """{"index":0,"delta":{"role":null,"content":"Hi","reasoning_content":null,"tool_calls":null},"logprobs":null,"matched_stop":null,"finish_reason":null}""",
                NoUsage),
            Chunk(
                """{"index":0,"delta":{"role":null,"content":null,"reasoning_content":null,"tool_calls":null},"logprobs":null,"matched_stop":151643,"finish_reason":"stop"}""",
                NoUsage),
            Chunk("", Usage(2)),
        ])),
        ["sglang-0.5"] = (Sse, Events(
        [
            Chunk(
                """{"index":0,"delta":{"reasoning_content":null,"role":"assistant","content":""},"logprobs":null,"finish_reason":null,"matched_stop":null}"""),
            Chunk("""{"index":0,"delta":{"reasoning_content":"Hm"},"logprobs":null,"finish_reason":null,"matched_stop":null}"""),
            Chunk(
                """{"index":0,"delta":{"reasoning_content":null,"content":"Hi"},"logprobs":null,"finish_reason":null,"matched_stop":null}"""),
            Chunk("""{"index":0,"delta":{"reasoning_content":null},"logprobs":null,"finish_reason":"stop","matched_stop":2}"""),
            Chunk("", Usage(2)),
        ])),
        ["llama-cpp-python"] = (Sse, Events(
        [
            LlamaCppPython("\"role\": \"assistant\""),
            .. Inline.Select(token => LlamaCppPython($"\"content\": \"{token}\"")),
            LlamaCppPython("", "\"stop\""),
        ])),
        ["mlx-lm"] = ("text/event-stream", Events(
        [
            Mlx(", \"reasoning\": \"Hm\""),
            Mlx(", \"content\": \"Hi\""),
            Mlx("", "\"stop\""),
            """{"id": "chatcmpl-ID", "system_fingerprint": "0.32.2-0.32.4-Linux-x86_64", "object": "chat.completion", "model": "m", "created":1, "choices": [], "usage": {"prompt_tokens": 8, "total_tokens": 10, "completion_tokens": 2}}""",
        ])),
        ["transformers-serve"] = (Sse, Records("data: ", "\n\n",
        [
            Transformers("""{"delta":{"role":"assistant"},"index":0}"""),
            Transformers("""{"delta":{"reasoning_content":"Hm"},"index":0}"""),
            Transformers("""{"delta":{"content":"Hi"},"index":0}"""),
            Transformers("""{"delta":{},"index":0,"finish_reason":"stop"}""", Usage(2)),
        ])),
        ["litserve"] = (
            Sse,
            Events(
                [.. Inline.Select(token => LitServe(token, "null", "null")), LitServe("", "\"stop\"", Usage(2)[",\"usage\":".Length..])])),
        ["nim"] = (Sse, Events(
        [
            Chunk("""{"index":0,"delta":{"role":"assistant","content":null},"logprobs":null,"finish_reason":null}"""),
            Chunk(
                """{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm"},"logprobs":null,"finish_reason":null}"""),
            Chunk("""{"index":0,"delta":{"role":"assistant","content":"Hi"},"logprobs":null,"finish_reason":null}"""),
            Chunk("""{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"stop_reason":null,"finish_reason":"stop"}"""),
            Chunk("", Usage(2)),
        ]).Replace("chatcmpl-", "chat-", StringComparison.Ordinal)),
        ["llama-cpp"] = ("text/event-stream", Events(
        [
            LlamaCpp("""{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}"""),
            LlamaCpp("""{"finish_reason":null,"index":0,"delta":{"reasoning_content":"Hm"}}"""),
            LlamaCpp("""{"finish_reason":null,"index":0,"delta":{"content":"Hi"}}"""),
            LlamaCpp("""{"finish_reason":"stop","index":0,"delta":{}}""", Timings),
            LlamaCpp("", Timings + Usage(2)),
        ])),
        ["starlette"] = (
            Sse,
            ": ping - 2026-11-22 08:00:00.000000+00:00\r\n\r\n" + Events(Vllm(Delta("reasoning", "Hm"), Hi)).Replace(
                "\n", "\r\n", StringComparison.Ordinal)),
        ["lmi"] = ("application/jsonlines", Records("", "\n", Vllm(Delta("reasoning_content", "Hm"), Hi))),
        ["lmi-text"] = ("application/jsonlines", Records("", "\n", LmiText)),
        ["lmi-text-sse"] = ("text/event-stream", Records("data:", "\n\n", LmiText)),
        ["tgi"] =
            ("text/event-stream", ":\n\n" + Records("data:", "\n\n", [.. Inline[..^1].Select(token => Tgi(token)), Tgi("Hi", "\"stop\"")]) +
            ":keep-alive\n\n" + Records("data:", "\n\n", [TgiStart + "]" + Usage(8) + "}", "[DONE]"])),
        ["tgi-generate"] = ("text/event-stream", Records("data:", "\n\n",
        [
            .. Inline.Select((token, index) =>
                $$"""{"index":{{index + 1}},"token":{"id":{{400 + index}},"text":"{{token}}","logprob":-0.25,"special":false},"generated_text":null,"details":null}"""),
            """{"index":9,"token":{"id":2,"text":"</s>","logprob":-0.01,"special":true},"generated_text":"<think>Hm</think>Hi","details":{"finish_reason":"eos_token","generated_tokens":9,"seed":null}}""",
        ])),
        ["whole"] = (
            "application/json",
            """{"id":"chatcmpl-ID","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","reasoning_content":"Hm","tool_calls":[]},"logprobs":null,"finish_reason":"stop"}]""" + Usage(2) + "}"),
        ["ollama"] = ("application/x-ndjson", Records("", "\n",
        [
            Ollama("\"content\":\"\",\"thinking\":\"Hm\""),
            Ollama("\"content\":\"Hi\""),
            Ollama(
                "\"content\":\"\"",
                """true,"done_reason":"stop","total_duration":5191566416,"load_duration":2154458,"prompt_eval_count":8,"""
                + "\"prompt_eval_duration\":383809000,\"eval_count\":2,\"eval_duration\":4799921000"),
        ])),
        ["huggingface"] = ("application/json", """[{"generated_text":"Hi"}]"""),
    };

    private static string[] LmiText =>
    [
        .. Inline[3..].Select((token, index) => $$$"""{"token":{"id":{{{300 + index}}},"text":"{{{token}}}","log_prob":-0.05}}"""),
        """{"token":{"id":2,"text":"","log_prob":-0.01},"generated_text":"Hm</think>Hi","details":{"finish_reason":"eos_token","generated_tokens":6,"inputs":null}}""",
    ];

    /// <summary>Masks ids and times, which differ from call to call.</summary>
    public static string? Masked(string? text) => text is null ? null : Created().Replace(Id().Replace(text, "-ID\""), "\"created\":1");

    [GeneratedRegex("-[0-9a-f]{32}\"")]
    private static partial Regex Id();

    [GeneratedRegex("\"created(_at)?\": ?([0-9]+|\"[^\"]+\")")]
    private static partial Regex Created();

    private static string Events(string[] records) => Records("data: ", "\n\n", [.. records, "[DONE]"]);

    private static string Records(string before, string after, string[] records) =>
        string.Concat(records.Select(record => before + record + after));

    private static string[] Vllm(params string[] deltas) =>
    [
        .. deltas.Prepend("""{"role":"assistant","content":""}""").Select(
            delta => Chunk($$"""{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":null,"token_ids":null}""")),
        Chunk("""{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","token_ids":null}"""),
        Chunk("", Usage(deltas.Length)),
    ];

    private static string Chunk(string choice, string members = "") =>
        $$"""{"id":"chatcmpl-ID","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{choice}}]{{members}}}""";

    private static string LlamaCpp(string choice, string members = "") =>
        $$"""{"choices":[{{choice}}],"created":1,"id":"chatcmpl-ID","model":"m","system_fingerprint":"b7000","object":"chat.completion.chunk"{{members}}}""";

    private static string LlamaCppPython(string delta, string finishReason = "null") =>
        """{"id": "chatcmpl-ID", "model": "m", "created":1, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": """
        + $"{{{delta}}}, \"logprobs\": null, \"finish_reason\": {finishReason}}}]}}";

    private static string Mlx(string delta, string finishReason = "null") =>
        """{"id": "chatcmpl-ID", "system_fingerprint": "0.32.2-0.32.4-Linux-x86_64", "object": "chat.completion.chunk", "model": "m", "created":1, """
        + $"\"choices\": [{{\"index\": 0, \"finish_reason\": {finishReason}, \"delta\": {{\"role\": \"assistant\"{delta}}}}}]}}";

    private static string Transformers(string choice, string usage = "") =>
        $$"""{"id":"chatcmpl-ID","choices":[{{choice}}],"created":1,"model":"m","object":"chat.completion.chunk","system_fingerprint":""{{usage}}}""";

    private static string LitServe(string token, string finishReason, string usage) =>
        """{"id":"chatcmpl-ID","object":"chat.completion.chunk","created":1,"model":"m","system_fingerprint":null,"choices":[{"delta":{"role":"assistant","content":""" +
        $"\"{token}\",\"name\":null,\"tool_calls\":null,\"tool_call_id\":null}},\"finish_reason\":{finishReason},\"index\":0,\"logprobs\":null}}],\"usage\":{usage}}}";

    private static string Ollama(string message, string done = "false") =>
        "{\"model\":\"m\",\"created\":1,\"message\":{\"role\":\"assistant\"," + message + "},\"done\":" + done + "}";

    private static string Tgi(string token, string finishReason = "null") =>
        $$"""{{TgiStart}}{"index":0,"delta":{"role":"assistant","content":"{{token}}","tool_calls":null},"logprobs":null,"finish_reason":{{finishReason}}}]{{NoUsage}}}""";

    private static string Delta(string name, string text) => $$"""{"{{name}}":"{{text}}"}""";

    private static string Usage(int tokens) =>
        $$$""","usage":{"prompt_tokens":8,"total_tokens":{{{8 + tokens}}},"completion_tokens":{{{tokens}}}}""";
}
