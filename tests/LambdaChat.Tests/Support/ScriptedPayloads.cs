using System.Text;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Support;

/// <summary>A response of SageMaker whose payloads come when the test gives them.</summary>
internal sealed class ScriptedPayloads : IPayloadReader
{
    private readonly SemaphoreSlim _reads = new(0);
    private TaskCompletionSource<bool> _read = new();
    private byte[]? _payload;
    private bool _isRead;

    public ReplyFailure? Failure { get; private set; }

    /// <summary>True if the relay has given the response up during a read, which may still write to its buffers.</summary>
    public bool IsDisposedDuringRead { get; private set; }

    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _isRead = true;
        var read = _read = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => read.TrySetCanceled(cancellationToken));
        _reads.Release();
        return new ValueTask<bool>(read.Task);
    }

    public bool TryRead(out ReadOnlySpan<byte> payload)
    {
        payload = _payload;
        _payload = null;
        return !payload.IsEmpty;
    }

    /// <summary>Waits until the relay waits for bytes.</summary>
    public async Task ReadingAsync() =>
        Assert.True(await _reads.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken),
            "The relay does not wait for bytes.");

    /// <summary>Gives bytes, and waits until the relay waits for more.</summary>
    public async Task GiveAsync(string text)
    {
        Give(text);
        await ReadingAsync();
    }

    /// <summary>Gives bytes to the relay, which waits for them.</summary>
    public void Give(string text) => Give(Encoding.UTF8.GetBytes(text));

    public void Give(byte[] bytes)
    {
        _payload = bytes;
        _read.SetResult(true);
    }

    /// <summary>Ends the response while the relay waits for bytes.</summary>
    public void End(ReplyFailure? failure = null)
    {
        Failure = failure;
        _read.SetResult(false);
    }

    public void Dispose()
    {
        IsDisposedDuringRead |= _isRead && !_read.Task.IsCompleted;
        _reads.Dispose();
    }
}

/// <summary>Endpoints that respond with one <see cref="ScriptedPayloads"/> each.</summary>
internal sealed class ScriptedResponses(IReadOnlyDictionary<string, ScriptedPayloads> payloads) : IEndpointClient
{
    /// <summary>The names of the called endpoints, in order.</summary>
    public List<string> Called { get; } = [];

    /// <summary>How they were called.</summary>
    public List<CallMode> Modes { get; } = [];

    /// <summary>The bodies of the calls.</summary>
    public List<IReadOnlyList<ReadOnlyMemory<byte>>> Bodies { get; } = [];

    /// <summary>The responses by call, in place of those by endpoint.</summary>
    public ScriptedPayloads[]? Order { get; set; }

    public Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
    {
        Called.Add(target.Endpoint);
        Modes.Add(call.Mode);
        Bodies.Add(call.Body);
        return Task.FromResult(EndpointResponse.Of(Order?[Called.Count - 1] ?? payloads[target.Endpoint], connection: null));
    }
}
