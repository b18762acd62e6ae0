using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>Calls a model's endpoint.</summary>
internal interface IEndpointClient
{
    /// <summary>Sends one call and returns when the head of SageMaker's response has arrived. The caller disposes the response.</summary>
    /// <returns>A body to read, or the failure of the call.</returns>
    Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken);
}

/// <summary>One call to an endpoint.</summary>
/// <param name="Mode">The API of the call.</param>
/// <param name="Body">A JSON document in pieces. The pieces must not change until the response has arrived.</param>
/// <param name="Headers">Further headers, in visible ASCII. The OpenAI route ignores them.</param>
internal sealed record EndpointCall(
    CallMode Mode, IReadOnlyList<ReadOnlyMemory<byte>> Body, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The routing hint; null for none. A header of the same meaning takes precedence.</summary>
    public RoutingHint? Hint { get; init; }

    /// <summary>Called with true before the call is sent to a target, and with false when it waits to be sent again.</summary>
    public Action<bool>? Sending { get; init; }
}
