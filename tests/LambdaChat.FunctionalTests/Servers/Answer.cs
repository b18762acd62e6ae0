using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Servers;

/// <summary>A reply as a client reads it, streaming or non-streaming.</summary>
internal sealed class Answer
{
    public SortedDictionary<int, AnswerChoice> Choices { get; } = [];

    public (long Prompt, long Completion)? Usage { get; private set; }

    public string? Error { get; private set; }

    /// <summary>The first violation of OpenAI's format; null for none.</summary>
    public string? ShapeFault { get; private set; }

    public string Raw { get; private set; } = "";

    public static async Task<Answer> ReadAsync(HttpClient client, JsonObject request)
    {
        var answer = new Answer();
        if ((bool)request["stream"]!)
        {
            var events = await Reply.ReadAsync(client, request);
            answer.Raw = string.Join('\n', events);
            answer.ShapeFault = events is [.., "[DONE]"] ? null : "no [DONE]";
            foreach (var data in events.Where(data => data != "[DONE]"))
            {
                answer.Add(JsonNode.Parse(data)!.AsObject(), "chat.completion.chunk", "delta", (string)request["model"]!);
            }
        }
        else
        {
            (_, answer.Raw) = await Reply.AskAsync(client, request);
            answer.Add(JsonNode.Parse(answer.Raw)!.AsObject(), "chat.completion", "message", (string)request["model"]!);
            answer.EndFailed();
        }

        return answer;
    }

    // A non-streaming error has no choices.
    private void EndFailed()
    {
        if (Error is not null)
        {
            Choices[0] = new AnswerChoice { Finish = "error" };
        }
    }

    private void Add(JsonObject chunk, string kind, string member, string model)
    {
        if (chunk["error"] is { } error)
        {
            Error = (string?)error["message"];
            return;
        }

        if (
            string.IsNullOrEmpty((string?)chunk["id"]) || (string?)chunk["object"] != kind
                || chunk["created"]?.GetValueKind() != JsonValueKind.Number || (string?)chunk["model"] != model)
        {
            ShapeFault ??= $"envelope of {chunk.ToJsonString()}";
        }

        foreach (var choice in chunk["choices"]!.AsArray())
        {
            AddChoice(choice!.AsObject(), member);
        }

        if (chunk["usage"] is JsonObject usage)
        {
            Usage = ((long)usage["prompt_tokens"]!, (long)usage["completion_tokens"]!);
        }
    }

    private void AddChoice(JsonObject choice, string member)
    {
        if (
            choice["index"]?.GetValueKind() != JsonValueKind.Number || !choice.ContainsKey("finish_reason")
                || choice[member] is not JsonObject delta)
        {
            ShapeFault ??= $"choice {choice.ToJsonString()}";
            return;
        }

        var index = (int)choice["index"]!;
        if (!Choices.TryGetValue(index, out var gathered))
        {
            Choices[index] = gathered = new AnswerChoice();
            ShapeFault ??= (string?)delta["role"] == "assistant" ? null : "no role in the first delta";
        }

        gathered.Add(choice, delta);
    }
}
