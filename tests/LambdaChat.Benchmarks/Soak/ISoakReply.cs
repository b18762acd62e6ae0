using System.Text.Json.Nodes;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>One request of a soak, created from its number alone, and its expected outcome.</summary>
internal interface ISoakReply
{
    /// <summary>The kind of request, for the table.</summary>
    string Kind { get; }

    string Path { get; }

    JsonObject ToRequest();

    /// <summary>The outcome of a JSON response: "whole", the code of an error, or a description of the fault.</summary>
    string OutcomeOfJson(int status, JsonNode answer);

    /// <summary>The outcome of a stream.</summary>
    /// <param name="chunks">The data of its events, without <c>[DONE]</c>.</param>
    string OutcomeOfEvents(IReadOnlyList<JsonNode> chunks);

    /// <summary>True for the expected outcome.</summary>
    bool Explains(string outcome);
}
