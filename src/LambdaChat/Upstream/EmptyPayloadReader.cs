using LambdaChat.Failures;

namespace LambdaChat.Upstream;

/// <summary>A reply without bytes.</summary>
internal sealed class EmptyPayloadReader : IPayloadReader
{
    public static readonly EmptyPayloadReader Instance = new();

    public ReplyFailure? Failure => null;

    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public bool TryRead(out ReadOnlySpan<byte> payload)
    {
        payload = default;
        return false;
    }

    public void Dispose()
    {
    }
}
