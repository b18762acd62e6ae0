using System.Text;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Support;

/// <summary>Endpoints without SageMaker: each call fails as the script says, or returns a body.</summary>
/// <param name="respond">Takes the endpoint's name. Null for a body.</param>
/// <param name="body">The container's bytes.</param>
internal sealed class ScriptedEndpoints(Func<string, ReplyFailure?> respond, string body = "{}") : IEndpointClient
{
    /// <summary>The names of the called endpoints, in order.</summary>
    public List<string> Called { get; } = [];

    public Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
    {
        Called.Add(target.Endpoint);
        return Task.FromResult(respond(target.Endpoint) is { } failure
            ? EndpointResponse.Failed(failure)
            : EndpointResponse.Of(new RawPayloadReader(new MemoryStream(Encoding.UTF8.GetBytes(body))), connection: null));
    }
}
