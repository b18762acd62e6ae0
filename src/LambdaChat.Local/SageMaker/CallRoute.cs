using LambdaChat.Local.SageMaker.Responses;

namespace LambdaChat.Local.SageMaker;

/// <summary>An API of SageMaker's runtime that calls an endpoint.</summary>
/// <param name="Framing">Framing of the container's bytes in the response; null for a non-streaming response.</param>
internal sealed record CallRoute(Func<ContainerReply, IPayloadFraming>? Framing)
{
    public static CallRoute InvokeEndpoint { get; } = new(Framing: null) { TimeLimit = TimeSpan.FromSeconds(60) };

    public static CallRoute InvokeEndpointWithResponseStream { get; } = new(static _ => new EventStreamFraming());

    public static CallRoute OpenAI { get; } = new(static reply => new PlainFraming(reply.ContentType)) { IsOpenAI = true };

    /// <summary>
    /// The time that the container has for its whole response. AWS documents 60 seconds for InvokeEndpoint and 8 minutes for streams, and
    /// nothing for the OpenAI route.
    /// </summary>
    public TimeSpan TimeLimit { get; private init; } = TimeSpan.FromMinutes(8);

    /// <summary>
    /// True for the route that takes a bearer token instead of a signature and returns the container's response unchanged.
    /// </summary>
    public bool IsOpenAI { get; private init; }
}
