namespace LambdaChat.Lambda.Events;

/// <summary>The service that sent an event.</summary>
internal enum EventSource
{
    FunctionUrl,

    /// <summary>A REST API of API Gateway, with response transfer mode <c>STREAM</c>.</summary>
    RestApi,

    /// <summary>An HTTP API of API Gateway.</summary>
    HttpApi,

    /// <summary>An Application Load Balancer.</summary>
    LoadBalancer,
}

/// <summary>The form of the response that the sender of an event accepts.</summary>
/// <param name="Source">The sender.</param>
/// <param name="HasMultiValueHeaders">True if each header has a list of values. Otherwise commas join the values.</param>
internal readonly record struct ResponseFormat(EventSource Source, bool HasMultiValueHeaders)
{
    /// <summary>True if the sender accepts a streamed response. Other senders would return the stream's framing as text.</summary>
    public bool IsStreamed => Source is EventSource.FunctionUrl or EventSource.RestApi;
}
