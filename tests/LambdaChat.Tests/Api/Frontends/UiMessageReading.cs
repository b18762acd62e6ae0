using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>
/// Reads a UI message stream as <c>ai</c> 5, 6 and 7 do, and checks what they check: known types with exactly their members, parts that are
/// open when they get a delta, one step around the reply, and one last part.
/// </summary>
internal static class UiMessageReading
{
    private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
    {
        ["start"] = ["messageId", "messageMetadata"],
        ["start-step"] = [],
        ["reasoning-start"] = ["id"],
        ["reasoning-delta"] = ["id", "delta"],
        ["reasoning-end"] = ["id"],
        ["text-start"] = ["id"],
        ["text-delta"] = ["id", "delta"],
        ["text-end"] = ["id"],
        ["tool-input-start"] = ["toolCallId", "toolName"],
        ["tool-input-delta"] = ["toolCallId", "inputTextDelta"],
        ["tool-input-available"] = ["toolCallId", "toolName", "input"],
        ["tool-input-error"] = ["toolCallId", "toolName", "input", "errorText"],
        ["error"] = ["errorText"],
        ["finish-step"] = [],
        ["finish"] = ["finishReason", "messageMetadata"],
    };

    public static FrontendReading Of(string body)
    {
        var reading = new FrontendReading();
        var isDone = false;
        foreach (var json in FrontendReading.Split(body))
        {
            Assert.False(isDone, "An event follows [DONE].");
            if (json == "[DONE]")
            {
                isDone = true;
                continue;
            }

            Assert.True(reading.Types.LastOrDefault() is not ("error" or "finish"), $"{json} follows the last part.");
            Take(reading, reading.Take(json));
        }

        Assert.True(isDone, "[DONE] is missing.");
        Assert.True(reading.Types[^1] is "error" or "finish", "The last part is missing.");
        return reading;
    }

    private static void Take(FrontendReading reading, JsonObject data)
    {
        var type = (string)data["type"]!;
        Assert.Equal(["type", .. Members[type]], data.Select(member => member.Key));
        Assert.Equal(reading.Types.Count switch { 1 => "start", 2 when type != "error" => "start-step", _ => type }, type);
        switch (type)
        {
            case "reasoning-start" or "text-start":
                reading.Open((string)data["id"]!, type == "text-start" ? "text:" : "thinking:");
                break;
            case "reasoning-delta" or "text-delta":
                reading.Append((string)data["id"]!, (string)data["delta"]!);
                break;
            case "reasoning-end" or "text-end":
                reading.Close((string)data["id"]!);
                break;
            case "tool-input-start":
                reading.OpenCall(Call(data), (string)data["toolCallId"]!, (string)data["toolName"]!);
                break;
            case "tool-input-delta":
                reading.Append(Call(data), (string)data["inputTextDelta"]!);
                break;
            case "tool-input-available" or "tool-input-error":
                Assert.Equal(type == "tool-input-available", data["input"] is JsonObject);
                reading.Close(Call(data));
                break;
            case "finish-step":
                reading.AssertAllClosed();
                break;
            case "finish":
                Assert.Equal("finish-step", reading.Types[^2]);
                reading.Finish = (string)data["finishReason"]!;
                Assert.Contains(reading.Finish, (string[])["stop", "length", "content-filter", "tool-calls", "error", "other"]);
                reading.Usage = data["messageMetadata"]!["usage"]?.AsObject();
                break;
            case "error":
                reading.Error = (string)data["errorText"]!;
                break;
        }
    }

    private static string Call(JsonObject data) => $"call {data["toolCallId"]}";
}
