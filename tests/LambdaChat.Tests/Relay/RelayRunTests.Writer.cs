using System.Text;
using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Tests.Relay;

public sealed partial class RelayRunTests
{
    private sealed class ReplyLog : IReplyWriter
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
        public TaskCompletionSource<bool>? Flush { get; set; }

        public TaskCompletionSource Flushing { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
        {
            Flushing.TrySetResult();
            return Flush is null ? new(!IsGone) : new(Flush.Task);
        }

        public int Heartbeats { get; private set; }

        public ValueTask SendHeartbeatAsync()
        {
            Heartbeats++;
            return ValueTask.CompletedTask;
        }

        public Task EndAsync(ReplyEnd end) => Task.CompletedTask;
    }
}
