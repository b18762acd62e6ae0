namespace LambdaChat.Relay.Continuations;

/// <summary>The text of a broken reply up to the joint, where another call continues it.</summary>
/// <param name="Sent">The whole thinking or answer so far. The client has it.</param>
/// <param name="Joint">The UTF-16 offset in it where the continuation begins.</param>
internal sealed record KeptText(string Sent, int Joint)
{
    /// <summary>True if a word with a blank before it was sent behind the joint: other texts do not begin with it by chance.</summary>
    public bool IsInSentence => Joint < Sent.Length && char.IsWhiteSpace(Sent[Joint]);

    /// <summary>
    /// The beginning of the continuation before, which used other words than those that were sent: a new answer would begin so again. Null
    /// without one.
    /// </summary>
    public string? Other { get; init; }

    /// <summary>The thinking, escaped as in JSON.</summary>
    public required byte[] Thinking { get; init; }

    /// <summary>The answer, escaped as in JSON.</summary>
    public required byte[] Answer { get; init; }

    /// <summary>True if the reply broke off before its answer.</summary>
    public required bool IsInThinking { get; init; }

    /// <summary>The estimated tokens of the thinking and the answer.</summary>
    public required int Tokens { get; init; }

    /// <summary>The same as a part of the prompt, in which the kept part of a piece that was cut has a token, too.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The estimated tokens of the thinking.</summary>
    public required int ThinkingTokens { get; init; }
}
