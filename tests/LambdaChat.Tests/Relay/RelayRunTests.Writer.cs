using System.Text;
using System.Threading.Tasks.Sources;
using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Tests.Relay;

public sealed partial class RelayRunTests
{
    private sealed class ReplyProducer : IReplyWriter
    {
        public bool SendsHeartbeats => true;

        public bool MustAbort => false;

        public List<string> Chunks { get; } = [];

        public TaskCompletionSource FirstChunk { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsGone { get; set; }

        public ReplyFailure? Failure => null;

        public long UnflushedBytes => 0;

        public long SentBytes => 0;

        public bool Write(ReadOnlySpan<byte> chunk)
        {
            Chunks.Add(Encoding.UTF8.GetString(chunk));
            FirstChunk.TrySetResult();
            return true;
        }

        /// <summary>Sends nothing until the test completes it; null to send at once.</summary>
        public HeldFlush? Flush { get; set; }

        public TaskCompletionSource Flushing { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
        {
            Flushing.TrySetResult();
            return Flush is null ? new(!IsGone) : Flush.WaitAsync(cancellationToken);
        }

        public int Heartbeats { get; private set; }

        public ValueTask SendHeartbeatAsync()
        {
            Heartbeats++;
            return ValueTask.CompletedTask;
        }

        public Task EndAsync(ReplyEnd end) => Task.CompletedTask;
    }

    /// <summary>A flush that the test completes. The test can wait until the relay waits for it.</summary>
    private sealed class HeldFlush : IValueTaskSource<bool>
    {
        private readonly TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isSet;
        private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

        public ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        {
            cancellationToken.UnsafeRegister(static (held, token) =>
                ((HeldFlush)held!).SetException(new OperationCanceledException(token)), this);
            return new(this, _core.Version);
        }

        /// <summary>Completes when the relay waits for the flush.</summary>
        public Task Awaited => _awaited.Task;

        public void SetResult(bool result)
        {
            if (!Interlocked.Exchange(ref _isSet, true))
            {
                _core.SetResult(result);
            }
        }

        public void SetException(Exception exception)
        {
            if (!Interlocked.Exchange(ref _isSet, true))
            {
                _core.SetException(exception);
            }
        }

        public bool GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            _core.OnCompleted(continuation, state, token, flags);
            _awaited.TrySetResult();
        }
    }
}
