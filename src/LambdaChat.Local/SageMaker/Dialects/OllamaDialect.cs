using System.Globalization;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>
/// Ollama's own API, <c>/api/chat</c>: JSON lines with a part of the message. A tool call is one line with the arguments as an object, and
/// ends with the reason <c>stop</c>. The last line has the numbers of tokens. <c>n</c> and <c>logprobs</c> are ignored.
/// Source: https://github.com/ollama/ollama/blob/main/api/types.go
/// </summary>
internal sealed class OllamaDialect() : Dialect(Lines)
{
    private static RecordFormat Lines { get; } = RecordFormat.JsonLines with { ContentType = "application/x-ndjson" };

    public override bool CallsTools => true;

    public override IEnumerable<JsonNode> Stream(ModelReply reply)
    {
        foreach (var step in WholeCalls.Join(reply.Choices[0].Steps()).Where(static step => step.Kind is not StepKind.Role))
        {
            yield return step.Kind is StepKind.Finish ? LastLine(reply, Message("")) : Line(reply, MessageOf(step), isDone: false);
        }
    }

    public override JsonNode Complete(ModelReply reply)
    {
        var choice = reply.Choices[0];
        var message = Message(string.Concat(choice.Content));
        if (choice.Reasoning.Count > 0)
        {
            message["thinking"] = string.Concat(choice.Reasoning);
        }

        if (choice.Calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. choice.Calls.Select(call => Call(call.Index, call.Name, call.Arguments))]);
        }

        return LastLine(reply, message);
    }

    public override byte[] Fail(string message) => Format.Write(new JsonObject { ["error"] = ErrorText.Read(message) }.ToText());

    private static JsonObject MessageOf(Step step)
    {
        var message = Message(step.Kind is StepKind.Content ? step.Text : "");
        if (step.Kind is StepKind.Reasoning)
        {
            message["thinking"] = step.Text;
        }
        else if (step.Kind is StepKind.ToolCall)
        {
            var parts = step.Text.Split('\n', 2);
            message["tool_calls"] = new JsonArray(Call(step.Call, parts[0], parts[1]));
        }

        return message;
    }

    private static JsonObject Message(string content) => new() { ["role"] = "assistant", ["content"] = content };

    private static JsonObject Call(int index, string name, string arguments) => new()
    {
        ["id"] = ToolCall.IdOf(index),
        ["function"] = new JsonObject { ["index"] = index, ["name"] = name, ["arguments"] = JsonNode.Parse(arguments) },
    };

    private static JsonObject LastLine(ModelReply reply, JsonObject message)
    {
        var line = Line(reply, message, isDone: true);
        line["done_reason"] = reply.Choices[0].FinishReason is var reason && reason == "tool_calls" ? "stop" : reason;
        (line["total_duration"], line["load_duration"]) = (5_191_566_416, 2_154_458);
        (line["prompt_eval_count"], line["prompt_eval_duration"]) = (reply.PromptTokens, 383_809_000);
        (line["eval_count"], line["eval_duration"]) = (reply.Choices[0].TokenCount, 4_799_921_000);
        return line;
    }

    private static JsonObject Line(ModelReply reply, JsonObject message, bool isDone) => new()
    {
        ["model"] = reply.Request.Model,
        ["created_at"] = DateTimeOffset.FromUnixTimeSeconds(reply.Created).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["message"] = message,
        ["done"] = isDone,
    };
}
