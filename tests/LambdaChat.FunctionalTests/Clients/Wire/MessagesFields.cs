namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>
/// The fields of the Messages API. Sources: Oaklight/llm-comply <c>src/llm_comply/specs/anthropic.json</c> (Anthropic's OpenAPI: which
/// fields must be there and may be null), anthropics/anthropic-sdk-typescript <c>src/resources/messages/messages.ts</c> (blocks, deltas).
/// </summary>
internal static class MessagesFields
{
    public static FieldLists Lists { get; } = new(Objects + Events);

    private const string Objects = """
        Message
         id: text
         type: "message"
         role: "assistant"
         model: text
         content: [text, thinking, redacted_thinking, tool_use]
         stop_reason: "end_turn" | "max_tokens" | "stop_sequence" | "tool_use" | "refusal" | "model_context_window_exceeded" | null
         stop_sequence: string | null
         stop_details: object | null
         container: object | null
         usage: Usage
        text
         type: "text"
         text: string
         citations: null
        thinking
         type: "thinking"
         thinking: string
         signature: string
        redacted_thinking
         type: "redacted_thinking"
         data: text
        tool_use
         type: "tool_use"
         id: text
         name: text
         input: object
         caller: Caller
        Caller
         type: "direct"
        Usage
         input_tokens: integer
         output_tokens: integer
         cache_creation: object | null
         cache_creation_input_tokens: integer | null
         cache_read_input_tokens: integer | null
         inference_geo: string | null
         output_tokens_details: object | null
         server_tool_use: object | null
         service_tier: "standard" | "priority" | "batch" | null
        DeltaUsage
         input_tokens: integer | null
         output_tokens: integer
         cache_creation_input_tokens: integer | null
         cache_read_input_tokens: integer | null
         output_tokens_details: object | null
         server_tool_use: object | null
         cache_creation?: object | null
         inference_geo?: string | null
         service_tier?: string | null
        TokenCount
         input_tokens: integer

        """;

    private const string ErrorTypes =
        """
        "invalid_request_error" | "authentication_error" | "permission_error" | "not_found_error" | "request_too_large"
        """
        + """
         | "rate_limit_error" | "api_error" | "timeout_error" | "overloaded_error" | "billing_error"
        """;

    private const string Events = $"""
        message_start
         type: "message_start"
         message: Message
        content_block_start
         type: "content_block_start"
         index: integer
         content_block: text | thinking | redacted_thinking | tool_use
        content_block_delta
         type: "content_block_delta"
         index: integer
         delta: TextDelta | ThinkingDelta | SignatureDelta | InputDelta
        TextDelta
         type: "text_delta"
         text: text
        ThinkingDelta
         type: "thinking_delta"
         thinking: text
        SignatureDelta
         type: "signature_delta"
         signature: text
        InputDelta
         type: "input_json_delta"
         partial_json: string
        content_block_stop
         type: "content_block_stop"
         index: integer
        message_delta
         type: "message_delta"
         delta: MessageDelta
         usage: DeltaUsage
        MessageDelta
         stop_reason: "end_turn" | "max_tokens" | "stop_sequence" | "tool_use" | "refusal" | "model_context_window_exceeded"
         stop_sequence: string | null
         stop_details: object | null
         container: object | null
        message_stop
         type: "message_stop"
        ping
         type: "ping"
        error
         type: "error"
         error: ErrorDetails
         request_id: text
        ErrorDetails
         type: {ErrorTypes}
         message: text
         details?: object

        """;
}
