namespace LambdaChat.Local.SageMaker;

/// <summary>One of SageMaker's ways to call an endpoint.</summary>
/// <param name="Framing">How the container's bytes stand in the answer; null for an answer in one piece.</param>
internal sealed record InvocationRoute(Func<ContainerReply, IPayloadFraming>? Framing)
{
    /// <summary>The plain invocation: the container's answer in one piece, whatever was asked for.</summary>
    public static InvocationRoute InOnePiece { get; } = new(Framing: null);

    public static InvocationRoute EventStream { get; } = new(static _ => new EventStreamFraming());

    public static InvocationRoute OpenAI { get; } = new(static reply => new PlainFraming(reply.ContentType)) { IsOpenAI = true };

    /// <summary>True where a token opens the door in place of a signature, and the container's answer passes as it is.</summary>
    public bool IsOpenAI { get; private init; }
}
