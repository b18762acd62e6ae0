namespace LambdaChat.Local.SageMaker;

/// <summary>A call of a function, in place of an answer.</summary>
/// <param name="Index">Its number among the calls of one answer.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">JSON, as the model writes it.</param>
internal sealed record ToolCall(int Index, string Name, string Arguments)
{
    private const int PieceLength = 4;

    /// <summary>The same in every reply, so that a test can name it.</summary>
    public string Id => IdOf(Index);

    /// <summary>The arguments as a model's tokens would cut them, never inside a character.</summary>
    public IReadOnlyList<string> Pieces => [.. Arguments.EnumerateRunes().Chunk(PieceLength).Select(static runes => string.Concat(runes))];

    public static string IdOf(int index) => $"call_{index}";

    public static IReadOnlyList<ToolCall> Parse(IReadOnlyList<JsonFields> calls) =>
        [.. calls.Select(static (call, index) => new ToolCall(index, call.Text("name") ?? "", call.Text("arguments") ?? ""))];
}
