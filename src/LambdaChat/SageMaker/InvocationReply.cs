using LambdaChat.Errors;

namespace LambdaChat.SageMaker;

/// <summary>SageMaker's answer to an invocation: a body to read, or the reason why there is none.</summary>
internal sealed class InvocationReply : IDisposable
{
    private readonly HttpResponseMessage? _response;

    private InvocationReply(HttpResponseMessage? response, Stream body, RelayFailure? failure)
    {
        _response = response;
        Body = body;
        Failure = failure;
    }

    /// <summary>Null where there is a body.</summary>
    public RelayFailure? Failure { get; }

    /// <summary>The bytes as they come; empty where there is a failure.</summary>
    public Stream Body { get; }

    public static InvocationReply Of(HttpResponseMessage response, Stream body) => new(response, body, failure: null);

    public static InvocationReply Failed(RelayFailure failure) => new(response: null, Stream.Null, failure);

    /// <summary>Ends the call; a body that was not read to its end takes its connection with it.</summary>
    public void Dispose() => _response?.Dispose();
}
