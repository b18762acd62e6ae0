namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>Conversations whose first turn has many tool calls, and which have as many turns with one call after it.</summary>
internal static class LargeTurns
{
    public static string Create(string api, int calls) => api switch
    {
        TranslationRequests.AgUi => "{\"threadId\":\"t\",\"runId\":\"r\",\"messages\":["
            + $"{{\"role\":\"assistant\",\"toolCalls\":[{Join(calls, "a", AgUiCall)}]}},{{\"role\":\"tool\",\"toolCallId\":\"a0\",\"content\":\"\"}},"
            + Join(calls, "b", id => $"{{\"role\":\"assistant\",\"toolCalls\":[{AgUiCall(id)}]}},{{\"role\":\"tool\",\"toolCallId\":{id},\"content\":\"\"}}") + "]}",
        TranslationRequests.UiMessages => $"{{\"messages\":[{{\"role\":\"assistant\",\"parts\":[{Join(calls, "a", UiCall)},"
            + Join(calls, "b", id => $"{{\"type\":\"step-start\"}},{UiCall(id)}") + "]}]}",
        TranslationRequests.Responses => $"{{\"input\":[{Join(calls, "a", ResponsesCall)},"
            + Join(calls, "b", id => $"{{\"type\":\"function_call_output\",\"call_id\":\"a0\",\"output\":\"\"}},{ResponsesCall(id)}") + "]}",
        _ => $"{{\"max_tokens\":1,\"messages\":[{{\"role\":\"user\",\"content\":\"x\"}},{MessagesTurn(calls, "a")},"
            + string.Join(',', Enumerable.Range(0, calls).Select(i => MessagesTurn(1, $"b{i}-"))) + "]}",
    };

    private static string AgUiCall(string id) => $"{{\"id\":{id},\"function\":{{\"name\":\"f\"}}}}";

    private static string UiCall(string id) => $"{{\"type\":\"tool-f\",\"toolCallId\":{id},\"state\":\"output-available\"}}";

    private static string ResponsesCall(string id) => $"{{\"type\":\"function_call\",\"call_id\":{id},\"name\":\"f\",\"arguments\":\"\"}}";

    private static string MessagesTurn(int calls, string prefix) =>
        $"{{\"role\":\"assistant\",\"content\":[{Join(calls, prefix, id => $"{{\"type\":\"tool_use\",\"id\":{id},\"name\":\"f\",\"input\":{{}}}}")}]}},"
        + $"{{\"role\":\"user\",\"content\":[{Join(calls, prefix, id => $"{{\"type\":\"tool_result\",\"tool_use_id\":{id}}}")}]}}";

    private static string Join(int count, string prefix, Func<string, string> create) =>
        string.Join(',', Enumerable.Range(0, count).Select(i => create($"\"{prefix}{i}\"")));
}
