namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>A text, an image as a data URL, or a file with a text.</summary>
/// <param name="Name">The name of a file; empty for others.</param>
internal sealed record Piece(string Text, bool IsImage = false, string Name = "");

/// <summary>A call of a tool in a conversation.</summary>
/// <param name="Id">The id that the client knows.</param>
/// <param name="ModelId">The id that the model gave to the call.</param>
/// <param name="Input">An object as JSON.</param>
/// <param name="Result">Null for a call without a result.</param>
internal sealed record ToolUse(string Id, string ModelId, string Name, string Input, IReadOnlyList<Piece>? Result)
{
    public bool IsError { get; init; }

    /// <summary>True if the client has the result later than the next message, where its API allows that.</summary>
    public bool IsLate { get; init; }

    /// <summary>The images of the result, which the API of the model server has only in a message of the user.</summary>
    public IEnumerable<Piece> Images => (Result ?? []).Where(static piece => piece.IsImage);

    /// <summary>The text of the result.</summary>
    public string Text => string.Join("\n\n", (Result ?? []).Where(static piece => !piece.IsImage).Select(static piece => piece.Text));
}

/// <summary>A message of the system, the user or the assistant.</summary>
internal sealed record Turn(string Role, IReadOnlyList<Piece> Pieces)
{
    /// <summary>Empty for none.</summary>
    public string Thinking { get; init; } = "";

    public IReadOnlyList<ToolUse> Calls { get; init; } = [];

    /// <summary>True if the calls are before the text.</summary>
    public bool AreCallsFirst { get; init; }

    /// <summary>The texts, joined as clients join them.</summary>
    public string Text => string.Join("\n\n", Pieces.Select(static piece => piece.Text));
}

/// <param name="Description">Null for none.</param>
/// <param name="Schema">An object as JSON.</param>
internal sealed record Tool(string Name, string? Description, string Schema, bool IsStrict);
