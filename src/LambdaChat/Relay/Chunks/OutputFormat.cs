using LambdaChat.Models;

namespace LambdaChat.Relay.Chunks;

/// <summary>What the chunks of one reply have to look like.</summary>
/// <param name="Model">The model's name as the client wrote it.</param>
/// <param name="Object">What every chunk calls itself.</param>
/// <param name="Id">The reply's id where the model server gives none.</param>
/// <param name="Created">When it began, in Unix seconds, likewise.</param>
internal sealed record OutputFormat(string Model, string Object, string Id, long Created)
{
    public const string ChatChunk = "chat.completion.chunk";
    public const string TextCompletion = "text_completion";

    /// <summary>How clients get the thinking.</summary>
    public ReasoningOutput Reasoning { get; init; }

    /// <summary>What the model's text does with <c>&lt;think&gt;</c> tags.</summary>
    public ThinkMode Think { get; init; }

    /// <summary>How many choices were asked for.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The most chunks with text that a choice may have: a chunk holds at least one token. Null for no cap.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>False to tell of a failure without a text that a user sees.</summary>
    public bool ShowsErrors { get; init; } = true;

    /// <summary>True where the request has tools: white space in front of a tool call is dropped.</summary>
    public bool HasTools { get; init; }

    /// <summary>True where a <c>[DONE]</c> ends a reply without a finish reason well.</summary>
    public bool IsDoneEnough { get; init; }

    /// <summary>True where the usage is asked for upstream only: the client gets no chunk of it.</summary>
    public bool HidesUsage { get; init; }

    /// <summary>True for chunks of chat, with deltas; false for those of text completions.</summary>
    public bool IsChat => Object == ChatChunk;
}
