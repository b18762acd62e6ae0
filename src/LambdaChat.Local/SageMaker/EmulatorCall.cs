using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker;

/// <summary>A call that the emulator received, for assertions in tests.</summary>
internal sealed class EmulatorCall(string path, IReadOnlyDictionary<string, string> headers, JsonObject body)
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Path { get; } = path;

    public IReadOnlyDictionary<string, string> Headers { get; } = headers;

    public JsonObject Body { get; } = body;

    /// <summary>The body as it was sent.</summary>
    public byte[] RawBody { get; init; } = [];

    /// <summary>The prompt on its instance; null for an endpoint without instances.</summary>
    public PromptUsage? Prompt { get; init; }

    /// <summary>Completes when the call ends: true if the whole response was sent, false if the client disconnected before.</summary>
    public Task<bool> Ended => _ended.Task;

    public void End(bool isWhole) => _ended.TrySetResult(isWhole);
}
