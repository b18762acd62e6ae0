using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker;

/// <summary>A call that the emulator received, for assertions in tests.</summary>
internal sealed class EmulatorCall(string path, IReadOnlyDictionary<string, string> headers, JsonObject body)
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Path { get; } = path;

    public IReadOnlyDictionary<string, string> Headers { get; } = headers;

    public JsonObject Body { get; } = body;

    /// <summary>Completes when the call ends: true if the whole response was sent, false if the client disconnected before.</summary>
    public Task<bool> Ended => _ended.Task;

    public void End(bool isWhole) => _ended.TrySetResult(isWhole);
}
