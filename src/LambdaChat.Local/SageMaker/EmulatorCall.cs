using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker;

/// <summary>One call that the stand-in got, for those who ask afterwards.</summary>
internal sealed class EmulatorCall(string path, IReadOnlyDictionary<string, string> headers, JsonObject body)
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Path { get; } = path;

    public IReadOnlyDictionary<string, string> Headers { get; } = headers;

    public JsonObject Body { get; } = body;

    /// <summary>Completes with the call: true where it was answered to its end, false where the caller went away before.</summary>
    public Task<bool> Ended => _ended.Task;

    public void End(bool isWhole) => _ended.TrySetResult(isWhole);
}
