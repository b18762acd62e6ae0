using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>OpenAI's chat completions in the format of vLLM. Other servers override the parts that differ.</summary>
/// <param name="reasoningFields">The members that hold the reasoning.</param>
internal class ChatDialect(RecordFormat format, ReasoningPlacement placement, params string[] reasoningFields) : Dialect(format)
{
    public sealed override bool CallsTools => true;

    /// <summary>True for a server that ignores <c>n</c>.</summary>
    protected virtual bool IgnoresChoiceCount => false;

    public sealed override IEnumerable<JsonNode> Stream(ModelReply reply)
    {
        var placed = Place(reply);
        var tokens = 0;
        foreach (var step in Arrange(placed.Steps()))
        {
            var chunk = Chunk(reply, [Choice(step, Delta(step), Logprobs(reply, step))]);
            tokens += step.Text.Length > 0 ? 1 : 0;
            if (reply.Request.HasContinuousUsage)
            {
                var usage = placed.Usage();
                (usage["completion_tokens"], usage["total_tokens"]) = (tokens, (int)usage["prompt_tokens"]! + tokens);
                chunk["usage"] = usage;
            }

            yield return chunk;
        }

        if (reply.Request.IncludesUsage && UsageChunk(reply) is { } last)
        {
            last["usage"] = placed.Usage();
            yield return last;
        }
    }

    public sealed override JsonNode Complete(ModelReply reply)
    {
        var placed = Place(reply);
        var document = Envelope(reply, "chat.completion", [.. placed.Choices.Select(choice => new JsonObject
        {
            ["index"] = choice.Choice,
            ["message"] = Message(choice),
            ["logprobs"] = reply.Request.WantsLogprobs ? LogprobsOf(choice.Content) : null,
            ["finish_reason"] = choice.FinishReason,
        })]);
        document["usage"] = placed.Usage();
        return document;
    }

    /// <summary>The steps that become chunks.</summary>
    protected virtual IEnumerable<Step> Arrange(IEnumerable<Step> steps) => steps;

    /// <summary>The chunk that receives the usage; null for a server without it.</summary>
    protected virtual JsonObject? UsageChunk(ModelReply reply) => Chunk(reply, []);

    protected virtual JsonObject Chunk(ModelReply reply, JsonArray choices) => Envelope(reply, "chat.completion.chunk", choices);

    protected virtual JsonObject Envelope(ModelReply reply, string kind, JsonArray choices) => new()
    {
        ["id"] = $"chatcmpl-{reply.Id}",
        ["object"] = kind,
        ["created"] = reply.Created,
        ["model"] = reply.Request.Model,
        ["choices"] = choices,
    };

    protected virtual JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs)
    {
        var choice = PlainChoice(step, delta, logprobs);
        choice["token_ids"] = null;
        return choice;
    }

    protected static JsonObject PlainChoice(Step step, JsonObject delta, JsonNode? logprobs) => new()
    {
        ["index"] = step.Choice,
        ["delta"] = delta,
        ["logprobs"] = logprobs,
        ["finish_reason"] = step.FinishReason,
    };

    protected virtual JsonObject Delta(Step step) => step.Kind switch
    {
        StepKind.Role => new JsonObject { ["role"] = "assistant", ["content"] = "" },
        StepKind.Reasoning => Reasoning(step.Text),
        _ when IsCall(step) => new JsonObject { ["tool_calls"] = ToolCalls(step) },
        _ => new JsonObject { ["content"] = step.Text },
    };

    protected static bool IsCall(Step step) => step.Kind is StepKind.ToolCall or StepKind.ToolArguments;

    /// <summary>The first delta of a call has its id and name; the deltas with pieces of the arguments have neither.</summary>
    protected static JsonArray ToolCalls(Step step) => step.Kind is StepKind.ToolCall
        ? [CallOf(step)]
        : [new JsonObject { ["index"] = step.Call, ["function"] = new JsonObject { ["arguments"] = step.Text } }];

    private ModelReply Place(ModelReply reply)
    {
        var placed = reply.With(placement);
        return IgnoresChoiceCount ? placed with { Choices = [placed.Choices[0]] } : placed;
    }

    private JsonObject Message(ScriptedChoice choice)
    {
        var isCall = choice.Calls.Count > 0;
        var content = isCall && choice.Content.Count == 0 ? null : string.Concat(choice.Content);
        var message = new JsonObject { ["role"] = "assistant", ["content"] = content };
        foreach (var (name, value) in Reasoning(placement is ReasoningPlacement.Field ? string.Concat(choice.Reasoning) : null))
        {
            message[name] = value?.DeepClone();
        }

        message["tool_calls"] = new JsonArray([.. choice.Calls.Select(call =>
            new JsonObject { ["id"] = call.Id, ["type"] = "function", ["function"] = Function(call.Name, call.Arguments) })]);
        return message;
    }

    private JsonObject Reasoning(string? text) => new(reasoningFields.Select(field => KeyValuePair.Create(field, (JsonNode?)text)));

    private static JsonObject CallOf(Step step) =>
        new() { ["index"] = step.Call, ["id"] = ToolCall.IdOf(step.Call), ["type"] = "function", ["function"] = Function(step.Text, "") };

    private static JsonObject Function(string name, string arguments) => new() { ["name"] = name, ["arguments"] = arguments };

    private static JsonObject? Logprobs(ModelReply reply, Step step) =>
        reply.Request.WantsLogprobs && step.Kind is StepKind.Content ? LogprobsOf([step.Text]) : null;

    private static JsonObject LogprobsOf(IReadOnlyList<string> tokens) => new()
    {
        ["content"] = new JsonArray([.. tokens.Select(token => new JsonObject
        {
            ["token"] = token,
            ["logprob"] = -0.25,
            ["bytes"] = new JsonArray([.. Encoding.UTF8.GetBytes(token).Select(value => JsonValue.Create((int)value))]),
            ["top_logprobs"] = new JsonArray(),
        })]),
    };
}
