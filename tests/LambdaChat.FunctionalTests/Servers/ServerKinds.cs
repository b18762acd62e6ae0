namespace LambdaChat.FunctionalTests.Servers;

/// <summary>The model servers of the generated table.</summary>
internal static class ServerKinds
{
    private static readonly string[] Everything = ["text", "reasoning", "tools", "logprobs", "n = 2", "usage", "error"];

    public static IReadOnlyList<ServerKind> All { get; } =
    [
        new("vllm", "vLLM ≥ 0.16 (`reasoning`)", Everything),
        new("vllm-2025", "vLLM 2025 (`reasoning_content`)", Everything),
        new("vllm-transition", "vLLM, both names at once", Everything),
        new("vllm-inline", "vLLM, no parser: `<think>…</think>`", Everything),
        new("vllm-bare", "vLLM, no parser, tag opened in the prompt", Everything) { Suffix = "-think-started" },
        new("vllm-0.32", "vLLM 0.32", Everything),
        new("sglang", "SGLang", Everything),
        new("sglang-0.5", "SGLang 0.5", Everything),
        new("nim", "NIM", Everything),
        new("llama-cpp", "llama.cpp", Everything),
        new("llama-cpp-python", "llama-cpp-python", Without("n = 2", "usage")),
        new("mlx-lm", "mlx-lm", Without("logprobs", "n = 2")),
        new("transformers-serve", "transformers serve", Without("logprobs", "n = 2")),
        new("litserve", "LitServe", Everything),
        new("starlette", "sse-starlette: CRLF, comments", Everything),
        new("lmi", "LMI / DJL chat: JSON lines", Everything),
        new("lmi-text", "LMI / DJL text: token lines", ["text", "reasoning", "error"]) { Suffix = "-think-started" },
        new("lmi-text-sse", "LMI / DJL text as events", ["text", "reasoning", "error"]) { Suffix = "-think-started" },
        new("tgi", "TGI chat", Everything),
        new("tgi-generate", "TGI generate: token events", ["text", "reasoning", "error"]),
        new("whole", "a container that ignores `stream`", Without("error")),
        new("ollama", "Ollama's own API: JSON lines", Without("logprobs", "n = 2")),
        new("huggingface", "Hugging Face, one text", ["text"]),
    ];

    public static IReadOnlyList<string> Features => Everything;

    public static TheoryData<string> Names { get; } = [.. All.Select(kind => kind.Name)];

    // The server ignores these, or its streams do not have them.
    private static string[] Without(params string[] features) => [.. Everything.Except(features)];

    public static ServerKind Find(string name) => All.Single(kind => kind.Name == name);
}

/// <summary>A model server.</summary>
/// <param name="Name">Value of <c>stand_in.server</c>.</param>
/// <param name="Title">Name in the table.</param>
/// <param name="Features">Supported features.</param>
internal sealed record ServerKind(string Name, string Title, IReadOnlyList<string> Features)
{
    /// <summary>Suffix of the names of the models that are configured for this server.</summary>
    public string Suffix { get; init; } = "";
}
