namespace LambdaChat.Relay.Continuations;

/// <summary>The text of a broken reply up to the joint, where another call continues it.</summary>
/// <param name="Sent">The whole thinking or answer that the client has received.</param>
/// <param name="Joint">The UTF-16 offset in it where the continuation begins.</param>
internal sealed record KeptText(string Sent, int Joint)
{
    /// <summary>True if the text after the joint begins with a blank and a word. A new answer does not begin with it by chance.</summary>
    public bool IsInSentence => Joint < Sent.Length && char.IsWhiteSpace(Sent[Joint]);

    /// <summary>
    /// The start of the previous continuation, if it had other words than the text that was sent; otherwise null. A new answer would start
    /// with the same text again. Empty if no answer starts with it.
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

    /// <summary>
    /// The estimated tokens of both texts in the prompt of the continuation. If the joint cuts a piece, its kept part counts as one more
    /// token.
    /// </summary>
    public required int PromptTokens { get; init; }

    /// <summary>The estimated tokens of the thinking.</summary>
    public required int ThinkingTokens { get; init; }
}
