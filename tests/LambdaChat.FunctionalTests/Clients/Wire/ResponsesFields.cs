namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>
/// The fields of the Responses API. Sources: openai/openai-openapi <c>openapi.yaml</c> (types and events), openresponses/openresponses
/// <c>src/generated/kubb/zod</c> (which fields of the resource must be there and may be null), openai/codex <c>sse/responses.rs</c> (usage
/// without null), npm openai <c>src/internal/responses/response-accumulator.ts</c> (ids that are not empty).
/// </summary>
internal static class ResponsesFields
{
    public static FieldLists Lists { get; } = new(Resource + Items + ResponsesEvents.Text);

    private const string Resource = """
        Response
         id: text
         object: "response"
         created_at: integer
         completed_at: integer | null
         status: "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled"
         incomplete_details: IncompleteDetails | null
         model: text
         previous_response_id: text | null
         instructions: string | null
         output: [message, reasoning, function_call, custom_tool_call]
         error: Failure | null
         tools: [FunctionTool, CustomTool, NamespaceTool]
         tool_choice: "none" | "auto" | "required" | object
         truncation: "auto" | "disabled"
         parallel_tool_calls: boolean
         text: Text
         top_p: number
         presence_penalty: number
         frequency_penalty: number
         top_logprobs: integer
         temperature: number
         reasoning: ReasoningSettings | null
         usage: Usage | null
         max_output_tokens: integer | null
         max_tool_calls: integer | null
         store: boolean
         background: boolean
         service_tier: string
         metadata: object
         safety_identifier: string | null
         prompt_cache_key: string | null
         user?: string | null
         prompt_cache_retention?: string | null
        IncompleteDetails
         reason: "max_output_tokens" | "content_filter"
        Failure
         code: text
         message: text
        Text
         format: TextFormat | JsonMinifier | SchemaFormat
         verbosity?: "low" | "medium" | "high"
        TextFormat
         type: "text"
        JsonMinifier
         type: "json_object"
        SchemaFormat
         type: "json_schema"
         name: text
         description?: string | null
         schema: object | null
         strict: boolean | null
        ReasoningSettings
         effort: string | null
         summary: string | null
         generate_summary?: string | null
        FunctionTool
         type: "function"
         name: text
         description: string | null
         parameters: object | null
         strict: boolean | null
        CustomTool
         type: "custom"
         name: text
         description?: string | null
         format?: object | null
        NamespaceTool
         type: "namespace"
         name: text
         description?: string | null
         tools: [FunctionTool, CustomTool]
        Usage
         input_tokens: integer
         input_tokens_details: InputDetails
         output_tokens: integer
         output_tokens_details: OutputDetails
         total_tokens: integer
        InputDetails
         cached_tokens: integer
         cache_write_tokens?: integer
        OutputDetails
         reasoning_tokens: integer

        """;

    private const string Items = """
        message
         type: "message"
         id: text
         role: "assistant"
         status: "in_progress" | "completed" | "incomplete"
         content: [OutputText, Refusal]
         phase?: string | null
        OutputText
         type: "output_text"
         text: string
         annotations: [object]
         logprobs: [object]
        Refusal
         type: "refusal"
         refusal: string
        reasoning
         type: "reasoning"
         id: text
         summary: [SummaryText]
         content?: [ReasoningText]
         encrypted_content?: text | null
         status: "in_progress" | "completed" | "incomplete"
        SummaryText
         type: "summary_text"
         text: string
        ReasoningText
         type: "reasoning_text"
         text: string
        function_call
         type: "function_call"
         id: text
         call_id: text
         name: text
         namespace?: text
         arguments: string
         status: "in_progress" | "completed" | "incomplete"
        custom_tool_call
         type: "custom_tool_call"
         id: text
         call_id: text
         name: text
         namespace?: text
         input: string
         status?: "in_progress" | "completed" | "incomplete"

        """;
}
