using System.Buffers;
using LambdaChat.Lambda.Responses;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Tests.Lambda.Responses;

public sealed class LambdaResponseTests : IDisposable
{
    private readonly RecordingChannel _channel = new();
    private readonly LambdaResponse _response;

    public LambdaResponseTests() => _response = new LambdaResponse(_channel);

    public void Dispose() => _channel.Dispose();

    [Fact]
    public async Task OnStarting_SeveralCallbacks_RunInReverseOrderBeforeTheStart()
    {
        var steps = new List<string>();
        _response.OnStarting(_ => Note("first"), this);
        _response.OnStarting(_ => Note("second"), this);

        _response.Writer.Write("a"u8);
        Assert.Empty(steps);
        await _response.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["second: False", "first: False"], steps);
        Assert.True(_response.HasStarted);

        Task Note(string step)
        {
            steps.Add($"{step}: {_response.HasStarted}");
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Started_StatusAndOnStarting_Throw()
    {
        await _response.StartAsync(TestContext.Current.CancellationToken);

        Assert.Throws<InvalidOperationException>(() => _response.StatusCode = 500);
        Assert.Throws<InvalidOperationException>(() => _response.OnStarting(_ => Task.CompletedTask, this));
    }

    [Fact]
    public async Task Flush_BrokenChannel_IsCompleted()
    {
        _channel.IsConnected = false;

        var result = await _response.FlushAsync(TestContext.Current.CancellationToken);

        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task Complete_WithoutFlush_StartsAndEndsTheResponse()
    {
        await _response.CompleteAsync();

        Assert.True(_response.HasStarted);
        Assert.Equal(["completed"], _channel.Steps);
    }

    private sealed class RecordingChannel() : ResponseChannel(1024)
    {
        public List<string> Steps { get; } = [];

        public bool IsConnected { get; set; } = true;

        public override ValueTask<bool> FlushAsync(LambdaResponse response, CancellationToken cancellationToken)
        {
            Steps.Add("flushed");
            return ValueTask.FromResult(IsConnected);
        }

        public override ValueTask CompleteAsync(LambdaResponse response)
        {
            Steps.Add("completed");
            return ValueTask.CompletedTask;
        }

        public override ValueTask FailAsync(InvocationError error)
        {
            Steps.Add(error.Type);
            return ValueTask.CompletedTask;
        }
    }
}
