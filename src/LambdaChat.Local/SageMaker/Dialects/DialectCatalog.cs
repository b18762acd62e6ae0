namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>The model servers that the stand-in can be, by the name that <c>stand_in.server</c> takes.</summary>
internal static class DialectCatalog
{
    public const string DefaultName = "vllm";

    private const string Reasoning = "reasoning";
    private const string ReasoningContent = "reasoning_content";

    public static Dialect Default { get; } = new ChatDialect(RecordFormat.Sse, Thinking.Apart, Reasoning);

    // What sse-starlette makes of the same chunks.
    private static RecordFormat Starlette { get; } = RecordFormat.Sse with { After = "\r\n\r\n", Comments = [": ping - 2026-11-22 08:00:00.000000+00:00\r\n\r\n"] };

    private static Dictionary<string, Dialect> Dialects { get; } = new()
    {
        [DefaultName] = Default,
        ["vllm-2025"] = new ChatDialect(RecordFormat.Sse, Thinking.Apart, ReasoningContent),
        ["vllm-transition"] = new ChatDialect(RecordFormat.Sse, Thinking.Apart, Reasoning, ReasoningContent),
        ["vllm-inline"] = new ChatDialect(RecordFormat.Sse, Thinking.Inline, Reasoning),
        ["vllm-bare"] = new ChatDialect(RecordFormat.Sse, Thinking.Bare, Reasoning),
        ["sglang"] = new SGLangDialect(),
        ["nim"] = new NimDialect(),
        ["llama-cpp"] = new LlamaCppDialect(),
        ["starlette"] = new ChatDialect(Starlette, Thinking.Apart, Reasoning),
        ["lmi"] = new ChatDialect(RecordFormat.JsonLines, Thinking.Apart, ReasoningContent),
        ["lmi-text"] = new LmiTextDialect(RecordFormat.JsonLines),
        ["lmi-text-sse"] = new LmiTextDialect(RecordFormat.SseWithoutSpace),
        ["tgi"] = new TgiChatDialect(),
        ["tgi-generate"] = new TgiGenerateDialect(),
        ["whole"] = new ChatDialect(RecordFormat.Json, Thinking.Apart, ReasoningContent),
        ["huggingface"] = new HuggingFaceDialect(),
    };

    public static IReadOnlyCollection<string> Names => Dialects.Keys;

    public static Dialect? Find(string name) => Dialects.GetValueOrDefault(name);
}
