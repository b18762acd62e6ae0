using LambdaChat.Models;

namespace LambdaChat.Relay.Chunks;

/// <summary>The required form of the chunks of one reply.</summary>
/// <param name="Model">The model's name as the client wrote it.</param>
/// <param name="Object">The value of <c>object</c> in every chunk.</param>
/// <param name="Id">The reply's id if the model server sends none.</param>
/// <param name="Created">The start of the reply in Unix seconds, if the model server sends none.</param>
internal sealed record OutputFormat(string Model, string Object, string Id, long Created)
{
    public const string ChatChunk = "chat.completion.chunk";
    public const string TextCompletion = "text_completion";

    /// <summary>True to give the reply this id even if the model server sends one.</summary>
    public bool HasOwnId { get; init; }

    /// <summary>How the client receives the thinking.</summary>
    public ReasoningOutput Reasoning { get; init; }

    /// <summary>How <c>&lt;think&gt;</c> tags occur in the model's text.</summary>
    public ThinkMode Think { get; init; }

    /// <summary>True to make each line of the thinking a paragraph.</summary>
    public bool MakesParagraphs { get; init; }

    /// <summary>The number of requested choices.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The number of prompts. Each prompt has its own choices.</summary>
    public int Prompts { get; init; } = 1;

    /// <summary>The maximum number of chunks with text per choice; null for no cap. A chunk contains at least one token.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>False to report a failure without text that a user sees.</summary>
    public bool ShowsErrors { get; init; } = true;

    /// <summary>
    /// True if the request has tools. White space before a tool call is then dropped, and a chunk with several calls is divided.
    /// </summary>
    public bool HasTools { get; init; }

    /// <summary>True if <c>[DONE]</c> completes a reply without a finish reason.</summary>
    public bool MayEndWithDone { get; init; }

    /// <summary>True if the usage is requested from the model server, but not sent to the client.</summary>
    public bool HidesUsage { get; init; }

    /// <summary>True for chat chunks, which have deltas; false for chunks of text completions.</summary>
    public bool IsChat => Object == ChatChunk;
}
