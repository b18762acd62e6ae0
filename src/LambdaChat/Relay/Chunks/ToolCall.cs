using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>One call of <see cref="ToolCallTracker"/>.</summary>
internal sealed class ToolCall
{
    public JsonProgress Arguments;

    /// <summary>Empty if the server has sent none before the name.</summary>
    public byte[] Id { get; set; } = [];

    /// <summary>The client's index; -1 before the call is sent.</summary>
    public int Index { get; set; } = -1;

    public bool IsSent => Index >= 0;

    /// <summary>Empty before it is sent.</summary>
    public byte[] Name { get; set; } = [];

    public bool HasName => Name.Length > 0;

    public bool HasArguments { get; set; }

    public bool HasAnyId => Id.Length > 0;

    /// <summary>True if its arguments are complete; false if they may follow.</summary>
    public bool IsWhole => IsSent && HasArguments && Arguments.IsComplete;

    /// <summary>The arguments before the name.</summary>
    public ByteBuffer? Waiting { get; set; }

    /// <summary>The other members of the first piece that has any.</summary>
    public ByteBuffer? WaitingOthers { get; set; }

    public int WaitingLength => (Waiting?.Length ?? 0) + (WaitingOthers?.Length ?? 0);

    public bool HasId(ReadOnlySpan<byte> other) => other.SequenceEqual(Id);
}
