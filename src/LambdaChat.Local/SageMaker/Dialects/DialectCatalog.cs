using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>The model servers that the emulator can imitate, by their names in <c>stand_in.server</c>.</summary>
internal static class DialectCatalog
{
    private const string Reasoning = "reasoning";
    private const string ReasoningContent = "reasoning_content";

    public static Dialect Default { get; } = new ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, Reasoning);

    // sse-starlette, which other Python servers use, ends lines with CRLF.
    private static RecordFormat Starlette { get; } =
        RecordFormat.Sse with { After = "\r\n\r\n", Comments = [": ping - 2026-11-22 08:00:00.000000+00:00\r\n\r\n"] };

    private static Dictionary<string, Dialect> Dialects { get; } = new()
    {
        [EmulatorRequest.DefaultServer] = Default,
        ["vllm-0.32"] = new Vllm032Dialect(),
        ["vllm-2025"] = new ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, ReasoningContent),
        ["vllm-transition"] = new ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, Reasoning, ReasoningContent),
        ["vllm-inline"] = new ChatDialect(RecordFormat.Sse, ReasoningPlacement.Tags, Reasoning),
        ["vllm-bare"] = new ChatDialect(RecordFormat.Sse, ReasoningPlacement.ClosingTag, Reasoning),
        ["sglang"] = new SGLangDialect(),
        ["sglang-0.5"] = new SGLang05Dialect(),
        ["nim"] = new NimDialect(),
        ["llama-cpp"] = new LlamaCppDialect(),
        ["llama-cpp-python"] = new LlamaCppPythonDialect(),
        ["mlx-lm"] = new MlxDialect(),
        ["transformers-serve"] = new TransformersDialect(),
        ["litserve"] = new LitServeDialect(),
        ["starlette"] = new ChatDialect(Starlette, ReasoningPlacement.Field, Reasoning),
        ["lmi"] = new ChatDialect(RecordFormat.JsonLines, ReasoningPlacement.Field, ReasoningContent),
        ["lmi-text"] = new LmiTextDialect(RecordFormat.JsonLines),
        ["lmi-text-sse"] = new LmiTextDialect(RecordFormat.SseWithoutSpace),
        ["tgi"] = new TgiChatDialect(),
        ["tgi-generate"] = new TgiGenerateDialect(),
        ["whole"] = new ChatDialect(RecordFormat.Json, ReasoningPlacement.Field, ReasoningContent),
        ["deepseek"] = new ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, ReasoningContent),
        ["mistral"] = new ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, ReasoningContent),
        ["ollama"] = new OllamaDialect(),
        ["huggingface"] = new HuggingFaceDialect(),
    };

    public static IReadOnlyCollection<string> Names => Dialects.Keys;

    public static Dialect? Find(string name) => Dialects.GetValueOrDefault(name);
}
