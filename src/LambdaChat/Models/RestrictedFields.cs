namespace LambdaChat.Models;

/// <summary>
/// Request fields by which a client would choose something that belongs to the operator of the model server or to other callers: an
/// adapter, a session, the id of a call, a host, an instance, or the order of the queue. A model accepts them only if its configuration
/// allows them.
/// Sources: the request classes of SGLang and vLLM (<c>ChatCompletionRequest</c>), llama.cpp (<c>server-schema.cpp</c>), LMI
/// (<c>_extract_lora_adapter</c>), mlx-lm (<c>SERVER.md</c>), TensorRT-LLM (<c>openai_protocol.py</c>), TGI (<c>SagemakerRequest</c>).
/// </summary>
internal static class RestrictedFields
{
    /// <summary>The object in which vLLM reads some of these fields, too.</summary>
    public const string Extensions = "vllm_xargs";

    /// <summary>
    /// The field by which TGI reads a chat or a text completion as a request of its own API, with an adapter and a token limit of its own.
    /// Requests of other tasks may have it.
    /// </summary>
    public const string Inputs = "inputs";

    /// <summary>Those that servers read as integers, where false is 0.</summary>
    public static string[] Integers { get; } =
    [
        "id_slot", "bootstrap_port", "bootstrap_room", "routed_dp_rank", "data_parallel_rank", "disagg_prefill_dp_rank", "priority",
    ];

    public static string[] Names { get; } =
    [
        "lora_path", "lora", "lora_request", "adapters", "draft_model", "custom_logit_processor", // Weights and code.
        "session_id", "session_params", "id_slot", "rid", "request_id", // Names of state, which all callers share.
        "bootstrap_host", "bootstrap_port", "bootstrap_room", "kv_transfer_params", "ec_transfer_params", "disaggregated_params", // Hosts.
        "routed_dp_rank", "data_parallel_rank", "disagg_prefill_dp_rank", "priority", // Instances, and the queue.
        Inputs,
    ];

    /// <summary>The integer that means the same to model servers as a missing field; null if no integer does.</summary>
    public static long? NeutralOf(string name) => name switch
    {
        "id_slot" => -1,
        "priority" => 0,
        _ => null,
    };
}
