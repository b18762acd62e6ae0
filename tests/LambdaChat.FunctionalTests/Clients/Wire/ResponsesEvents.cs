namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>The fields of the events of the Responses API. Sources: see <see cref="ResponsesFields"/>.</summary>
internal static class ResponsesEvents
{
    private const string Lifecycle = """
         sequence_number: integer
         response: Response

        """;

    private const string InItem = """
         sequence_number: integer
         output_index: integer
         item_id: text

        """;

    public const string Text = $"""
        response.created
         type: "response.created"
        {Lifecycle}
        response.in_progress
         type: "response.in_progress"
        {Lifecycle}
        response.completed
         type: "response.completed"
        {Lifecycle}
        response.incomplete
         type: "response.incomplete"
        {Lifecycle}
        response.failed
         type: "response.failed"
        {Lifecycle}
        response.output_item.added
         type: "response.output_item.added"
         sequence_number: integer
         output_index: integer
         item: message | reasoning | function_call | custom_tool_call
        response.output_item.done
         type: "response.output_item.done"
         sequence_number: integer
         output_index: integer
         item: message | reasoning | function_call | custom_tool_call
        response.content_part.added
         type: "response.content_part.added"
        {InItem}
         content_index: integer
         part: OutputText | ReasoningText | Refusal
        response.content_part.done
         type: "response.content_part.done"
        {InItem}
         content_index: integer
         part: OutputText | ReasoningText | Refusal
        response.output_text.delta
         type: "response.output_text.delta"
        {InItem}
         content_index: integer
         delta: text
         logprobs: [object]
        response.output_text.done
         type: "response.output_text.done"
        {InItem}
         content_index: integer
         text: string
         logprobs: [object]
        response.reasoning_summary_part.added
         type: "response.reasoning_summary_part.added"
        {InItem}
         summary_index: integer
         part: SummaryText
        response.reasoning_summary_part.done
         type: "response.reasoning_summary_part.done"
        {InItem}
         summary_index: integer
         part: SummaryText
        response.reasoning_summary_text.delta
         type: "response.reasoning_summary_text.delta"
        {InItem}
         summary_index: integer
         delta: text
        response.reasoning_summary_text.done
         type: "response.reasoning_summary_text.done"
        {InItem}
         summary_index: integer
         text: string
        response.reasoning_text.delta
         type: "response.reasoning_text.delta"
        {InItem}
         content_index: integer
         delta: text
        response.reasoning_text.done
         type: "response.reasoning_text.done"
        {InItem}
         content_index: integer
         text: string
        response.function_call_arguments.delta
         type: "response.function_call_arguments.delta"
        {InItem}
         delta: string
        response.function_call_arguments.done
         type: "response.function_call_arguments.done"
        {InItem}
         name: text
         arguments: string
        response.custom_tool_call_input.delta
         type: "response.custom_tool_call_input.delta"
        {InItem}
         delta: string
        response.custom_tool_call_input.done
         type: "response.custom_tool_call_input.done"
        {InItem}
         input: string
        keepalive
         type: "keepalive"
         sequence_number: integer
        error
         type: "error"
         sequence_number: integer
         code: text | null
         message: text
         param: string | null
         error: ErrorDetails
        ErrorDetails
         type: text
         code: string | null
         message: text
         param: string | null
        ErrorBody
         error: ErrorDetails

        """;
}
