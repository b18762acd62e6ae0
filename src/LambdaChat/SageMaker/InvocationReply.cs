using LambdaChat.Errors;

namespace LambdaChat.SageMaker;

/// <summary>SageMaker's answer to an invocation: a body to read, or the reason why there is none.</summary>
internal sealed class InvocationReply : IDisposable
{
    private readonly HttpResponseMessage? _response;

    private InvocationReply(HttpResponseMessage? response, IPayloads payloads, RelayFailure? failure)
    {
        _response = response;
        Payloads = payloads;
        Failure = failure;
    }

    /// <summary>Null where there is a body.</summary>
    public RelayFailure? Failure { get; }

    /// <summary>The index of the target that was asked.</summary>
    public int Target { get; set; }

    /// <summary>How often targets were asked.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>True where an endpoint that was scaled to zero was waited for.</summary>
    public bool HasWaitedCold { get; set; }

    /// <summary>The container's bytes as they come; none where there is a failure.</summary>
    public IPayloads Payloads { get; }

    public static InvocationReply Of(HttpResponseMessage response, IPayloads payloads) => new(response, payloads, failure: null);

    public static InvocationReply Failed(RelayFailure failure) => new(response: null, new PlainPayloads(Stream.Null), failure);

    /// <summary>Ends the call; a body that was not read to its end takes its connection with it.</summary>
    public void Dispose()
    {
        _response?.Dispose();
        Payloads.Dispose();
    }
}
