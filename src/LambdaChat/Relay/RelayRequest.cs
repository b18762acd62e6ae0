using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Continuations;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>What the relay needs for one reply: the model, the body of the first call, and how to make further calls.</summary>
internal sealed record RelayRequest(Model Model, CallMode Mode, IReadOnlyList<ReadOnlyMemory<byte>> Body, OutputFormat Format)
{
    /// <summary>True if the model server is asked for a stream.</summary>
    public bool IsStreamed { get; init; } = Mode != CallMode.Plain;

    /// <summary>SageMaker headers that are sent with the call.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The routing hint; null for none.</summary>
    public RoutingHint? Hint { get; init; }

    /// <summary>The decision of the limits; null if no limits apply.</summary>
    public IReplyAdmission? Admission { get; init; }

    /// <summary>The memory of the reply where it is held whole; null if it is not bounded.</summary>
    public IReplyMemory? Memory { get; init; }

    /// <summary>
    /// Creates the body of the same call without <c>stream</c>, for a model server that cannot stream this reply; null if no such call may
    /// follow.
    /// </summary>
    public Func<IReadOnlyList<ReadOnlyMemory<byte>>>? BodyWithoutStream { get; init; }

    /// <summary>
    /// Creates the body of a call that continues the reply; null if the request does not allow it. It returns null if the body is too long.
    /// </summary>
    public Func<ContinuationMode, KeptText, IReadOnlyList<ReadOnlyMemory<byte>>?>? ContinuedBody { get; init; }

    /// <summary>
    /// Releases the memory of the body; null if the writer still reads it. Called when the first chunk was sent, unless another call may
    /// continue the reply.
    /// </summary>
    public Action? Release { get; init; }

    /// <summary>Returns the call without <c>stream</c>.</summary>
    public RelayRequest WithoutStream() => this with
    {
        Mode = Mode == CallMode.Stream ? CallMode.Plain : Mode,
        IsStreamed = false,
        Body = BodyWithoutStream!(),
        BodyWithoutStream = null,
    };
}
