using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>
/// Reads the events of a run as <c>@ag-ui/client</c> does, and checks what it checks: known types with exactly their members, messages and
/// calls that are open when they get a delta, the first and the last event.
/// </summary>
internal static class AgUiReading
{
    private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
    {
        ["RUN_STARTED"] = ["threadId", "runId"],
        ["REASONING_START"] = ["messageId"],
        ["REASONING_MESSAGE_START"] = ["messageId", "role"],
        ["REASONING_MESSAGE_CONTENT"] = ["messageId", "delta"],
        ["REASONING_MESSAGE_END"] = ["messageId"],
        ["REASONING_END"] = ["messageId"],
        ["TEXT_MESSAGE_START"] = ["messageId", "role"],
        ["TEXT_MESSAGE_CONTENT"] = ["messageId", "delta"],
        ["TEXT_MESSAGE_END"] = ["messageId"],
        ["TOOL_CALL_START"] = ["toolCallId", "toolCallName"],
        ["TOOL_CALL_ARGS"] = ["toolCallId", "delta"],
        ["TOOL_CALL_END"] = ["toolCallId"],
        ["TOOL_CALL_RESULT"] = ["toolCallId", "messageId", "role", "content"],
        ["RUN_ERROR"] = ["message", "code"],
    };

    public static FrontendReading Of(string body)
    {
        var reading = new FrontendReading();
        foreach (var json in FrontendReading.Split(body))
        {
            Assert.True(reading.Types.LastOrDefault() is not ("RUN_ERROR" or "RUN_FINISHED"), $"{json} follows the last event.");
            Take(reading, reading.Take(json));
        }

        Assert.True(reading.Types[^1] is "RUN_ERROR" or "RUN_FINISHED", "The last event is missing.");
        return reading;
    }

    private static void Take(FrontendReading reading, JsonObject data)
    {
        var type = (string)data["type"]!;
        Assert.True(reading.Types.Count > 1 || type is "RUN_STARTED" or "RUN_ERROR", type);
        if (type == "RUN_FINISHED")
        {
            reading.AssertAllClosed();
            Assert.Equal(["type", "threadId", "runId", "metadata"], data.Select(member => member.Key).Where(name => name != "usage"));
            reading.Finish = (string)data["metadata"]!["finishReason"]!;
            reading.Usage = data["usage"]?[0]!.AsObject();
            return;
        }

        Assert.Equal(["type", .. Members[type]], data.Select(member => member.Key));
        var id = (string?)(data["messageId"] ?? data["toolCallId"]) ?? "";
        switch (type)
        {
            case "RUN_STARTED":
                Assert.Equal(("t1", "r1"), ((string?)data["threadId"], (string?)data["runId"]));
                break;
            case "TEXT_MESSAGE_START" or "REASONING_MESSAGE_START":
                Assert.Equal(type == "TEXT_MESSAGE_START" ? "assistant" : "reasoning", (string?)data["role"]);
                reading.Open(id, type == "TEXT_MESSAGE_START" ? "text:" : "thinking:");
                break;
            case "TOOL_CALL_START":
                reading.OpenCall(id, id, (string)data["toolCallName"]!);
                break;
            case "TEXT_MESSAGE_CONTENT" or "REASONING_MESSAGE_CONTENT" or "TOOL_CALL_ARGS":
                Assert.NotEqual("", (string?)data["delta"]); // Fatal in 0.0.42.
                reading.Append(id, (string)data["delta"]!);
                break;
            case "TEXT_MESSAGE_END" or "REASONING_MESSAGE_END" or "TOOL_CALL_END":
                reading.Close(id);
                break;
            case "TOOL_CALL_RESULT":
                Assert.Equal("tool", (string?)data["role"]);
                reading.Open((string)data["messageId"]!, $"result of {data["toolCallId"]}:{data["content"]}");
                reading.Close((string)data["messageId"]!);
                break;
            case "RUN_ERROR":
                reading.Error = (string)data["message"]!;
                break;
        }
    }
}
