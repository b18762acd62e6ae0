namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>A function call in the model's reply.</summary>
/// <param name="Index">Position among the calls of one choice.</param>
/// <param name="Name">Function name.</param>
/// <param name="Arguments">JSON text.</param>
internal sealed record ToolCall(int Index, string Name, string Arguments)
{
    private const int PieceLength = 4;

    /// <summary>The same in every reply, so that tests can compare it.</summary>
    public string Id => IdOf(Index);

    /// <summary>The arguments in pieces of the size of tokens. A character is never split.</summary>
    public IReadOnlyList<string> Pieces => [.. Arguments.EnumerateRunes().Chunk(PieceLength).Select(static runes => string.Concat(runes))];

    public static string IdOf(int index) => $"call_{index}";

    public static IReadOnlyList<ToolCall> Parse(IReadOnlyList<JsonFields> calls) =>
        [.. calls.Select(static (call, index) => new ToolCall(index, call.Text("name") ?? "", call.Text("arguments") ?? ""))];
}
