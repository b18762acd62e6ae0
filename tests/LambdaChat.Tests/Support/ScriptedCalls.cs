using System.Text;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Support;

/// <summary>Endpoints that respond to each call with the next of some bodies.</summary>
internal sealed class ScriptedCalls(params ScriptedCall[] calls) : IEndpointClient
{
    /// <summary>The names of the called endpoints, in order.</summary>
    public List<string> Called { get; } = [];

    /// <summary>The bodies of the calls, in order.</summary>
    public List<string> Bodies { get; } = [];

    public Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
    {
        Called.Add(target.Endpoint);
        Bodies.Add(string.Concat(call.Body.Select(piece => Encoding.UTF8.GetString(piece.Span))));
        var script = calls[Called.Count - 1];
        return Task.FromResult(script.Refusal is { } refusal
            ? EndpointResponse.Failed(refusal)
            : EndpointResponse.Of(new Payloads(script), connection: null));
    }

    private sealed class Payloads(ScriptedCall call) : IPayloadReader
    {
        private int _reads;
        private bool _isTaken;

        public ReplyFailure? Failure => _reads > 1 ? call.End : null;

        public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
        {
            if (_reads++ > 0 && call.IsSilent)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return _reads == 1;
        }

        public bool TryRead(out ReadOnlySpan<byte> payload)
        {
            payload = _isTaken || _reads == 0 ? default : Encoding.UTF8.GetBytes(call.Body);
            _isTaken |= _reads > 0;
            return !payload.IsEmpty;
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>The response to a call.</summary>
/// <param name="Body">The container's bytes.</param>
/// <param name="End">The failure after them; null for a normal end.</param>
internal sealed record ScriptedCall(string Body, ReplyFailure? End = null)
{
    /// <summary>The failure in place of a response.</summary>
    public ReplyFailure? Refusal { get; init; }

    /// <summary>True if the response does not end.</summary>
    public bool IsSilent { get; init; }
}
