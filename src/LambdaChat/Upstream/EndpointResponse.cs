using LambdaChat.Failures;

namespace LambdaChat.Upstream;

/// <summary>SageMaker's answer to an invocation: a body to read, or the reason why there is none.</summary>
internal sealed class EndpointResponse : IDisposable
{
    private readonly HttpResponseMessage? _response;

    private EndpointResponse(HttpResponseMessage? response, IPayloadReader payloads, ReplyFailure? failure)
    {
        _response = response;
        Payloads = payloads;
        Failure = failure;
    }

    /// <summary>Null where there is a body.</summary>
    public ReplyFailure? Failure { get; }

    /// <summary>The index of the target that was asked.</summary>
    public int Target { get; set; }

    /// <summary>How often targets were asked.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>True where an endpoint that was scaled to zero was waited for.</summary>
    public bool HasWaitedCold { get; set; }

    /// <summary>The container's bytes as they come; none where there is a failure.</summary>
    public IPayloadReader Payloads { get; }

    public static EndpointResponse Of(HttpResponseMessage response, IPayloadReader payloads) => new(response, payloads, failure: null);

    public static EndpointResponse Failed(ReplyFailure failure) => new(response: null, new RawPayloadReader(Stream.Null), failure);

    /// <summary>Ends the call; a body that was not read to its end takes its connection with it.</summary>
    public void Dispose()
    {
        _response?.Dispose();
        Payloads.Dispose();
    }
}
