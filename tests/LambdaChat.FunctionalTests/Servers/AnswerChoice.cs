using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Servers;

/// <summary>One choice of a reply.</summary>
internal sealed class AnswerChoice
{
    public string Content { get; private set; } = "";

    public string Reasoning { get; private set; } = "";

    public string? Finish { get; set; }

    /// <summary>The tool calls in the non-streaming format.</summary>
    public JsonArray Calls { get; } = [];

    /// <summary>The tokens with log probabilities.</summary>
    public List<string> Logprobs { get; } = [];

    /// <summary>Adds a delta or a whole message.</summary>
    public void Add(JsonObject choice, JsonObject delta)
    {
        Content += (string?)delta["content"];
        Reasoning += (string?)delta["reasoning_content"];
        Finish = (string?)choice["finish_reason"] ?? Finish;
        Logprobs.AddRange(choice["logprobs"]?["content"]?.AsArray().Select(token => (string)token!["token"]!) ?? []);
        var position = 0;
        foreach (var call in delta["tool_calls"] as JsonArray ?? [])
        {
            AddCall(call!.AsObject(), (int?)call["index"] ?? position);
            position++;
        }
    }

    private void AddCall(JsonObject call, int index)
    {
        if (index == Calls.Count)
        {
            Calls.Add(
                new JsonObject
                {
                    ["id"] = call["id"]?.DeepClone(),
                    ["type"] = call["type"]?.DeepClone(),
                    ["function"] = new JsonObject { ["name"] = call["function"]!["name"]?.DeepClone(), ["arguments"] = "" }
                });
        }

        var function = Calls[index]!["function"]!;
        function["arguments"] = (string)function["arguments"]! + (string?)call["function"]?["arguments"];
    }
}
