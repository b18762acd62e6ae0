using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>
/// The fields of a whole chat completion. Source: openai/openai-openapi <c>openapi.yaml</c>: <c>logprobs</c> and <c>refusal</c> must be
/// there, and may be null. The field <c>reasoning_content</c> is DeepSeek's.
/// </summary>
internal static class ChatFields
{
    private static readonly FieldLists Lists = new("""
        Completion
         id: text
         object: "chat.completion"
         created: integer
         model: text
         choices: [Choice]
         usage: Usage
         system_fingerprint?: string | null
        Choice
         index: integer
         finish_reason: "stop" | "length" | "tool_calls" | "content_filter"
         logprobs: object | null
         message: Message
        Message
         role: "assistant"
         content: string | null
         refusal: string | null
         reasoning_content?: string
         annotations?: [object]
         tool_calls?: [Call]
        Call
         id: text
         type: "function"
         function: Function
        Function
         name: text
         arguments: string
        Usage
         prompt_tokens: integer
         completion_tokens: integer
         total_tokens: integer
         prompt_tokens_details?: object | null
         completion_tokens_details?: object | null
        Error
         error: Failure
        Failure
         message: text
         type: text
         param: string | null
         code: string | null
        """);

    public static IReadOnlyList<string> FindFaults(Exchange exchange) =>
        [.. Lists.FindFaults(exchange.Status == 200 ? "Completion" : "Error", JsonNode.Parse(exchange.Response))];
}
