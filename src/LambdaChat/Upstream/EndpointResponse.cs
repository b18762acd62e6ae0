using LambdaChat.Failures;

namespace LambdaChat.Upstream;

/// <summary>The response to a call: a body to read, or the failure of the call.</summary>
internal sealed class EndpointResponse : IDisposable
{
    private readonly IDisposable? _connection;

    private EndpointResponse(IPayloadReader payloads, IDisposable? connection, ReplyFailure? failure)
    {
        Payloads = payloads;
        _connection = connection;
        Failure = failure;
    }

    /// <summary>Null if there is a body.</summary>
    public ReplyFailure? Failure { get; }

    /// <summary>The index of the target that responded.</summary>
    public int Target { get; set; }

    /// <summary>The number of calls made, over all targets.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>True if the call waited for an endpoint that was scaled to zero.</summary>
    public bool HasWaitedCold { get; set; }

    /// <summary>The container's bytes; empty after a failure.</summary>
    public IPayloadReader Payloads { get; }

    /// <param name="connection">What <see cref="Dispose"/> releases together with the reader.</param>
    public static EndpointResponse Of(IPayloadReader payloads, IDisposable? connection) => new(payloads, connection, failure: null);

    public static EndpointResponse Failed(ReplyFailure failure) => new(new RawPayloadReader(Stream.Null), connection: null, failure);

    /// <summary>Ends the call. A body that was not read to its end closes its connection.</summary>
    public void Dispose()
    {
        _connection?.Dispose();
        Payloads.Dispose();
    }
}
