namespace LambdaChat.Models;

/// <summary>How a model server is asked to continue an assistant message.</summary>
internal enum ContinuationMode
{
    /// <summary>It is not asked.</summary>
    Off,

    /// <summary>vLLM: <c>continue_final_message</c> without <c>add_generation_prompt</c>.</summary>
    Vllm,

    /// <summary>SGLang: as vLLM, and an answer that has begun is not parsed for thinking.</summary>
    SGLang,

    /// <summary>DeepSeek and Mistral: the message has <c>prefix</c>.</summary>
    Prefix,

    /// <summary>llama.cpp: a last message of the assistant is always continued.</summary>
    Prefill,
}

/// <summary>What a target can continue.</summary>
/// <param name="ContinuesThinking">True if it also continues a thinking that has not ended.</param>
internal readonly record struct TargetContinuation(ContinuationMode Mode, bool ContinuesThinking)
{
    /// <summary>The names of the modes, in the order of their enumeration.</summary>
    public static readonly string[] Modes = ["off", "vllm", "sglang", "prefix", "prefill"];
}
