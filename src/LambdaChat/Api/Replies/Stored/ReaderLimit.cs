using LambdaChat.Http;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>
/// Bounds how often one caller reads stored replies in this process. Reading counts against no other limit. Stops and deletions have the
/// same bounds, and places of their own: a caller whose readers follow replies can stop them.
/// </summary>
internal sealed class ReaderLimit(TimeProvider timeProvider)
{
    public const int MaximumAtOnce = 32;
    public const int MaximumPerMinute = 600;

    private readonly Dictionary<(string Caller, bool IsStop), Reads> _callers = [];
    private DateTimeOffset _minute;

    /// <summary>Starts a read, or a stop or deletion.</summary>
    /// <returns>Ends it.</returns>
    /// <exception cref="ErrorResponseException">The caller reads too often.</exception>
    public IDisposable Start(string? caller, bool isStop)
    {
        lock (_callers)
        {
            Advance();
            var name = (caller ?? "", isStop);
            if (!_callers.TryGetValue(name, out var reads))
            {
                _callers[name] = reads = new Reads(this);
            }

            if (reads.Running >= MaximumAtOnce || reads.Count >= MaximumPerMinute)
            {
                throw new ErrorResponseException(new ApiError(
                    StatusCodes.Status429TooManyRequests, "requests", "rate_limit_exceeded",
                    $"Rate limit exceeded: {MaximumAtOnce} {(isStop ? "stops" : "reads")} of stored replies at a time, "
                    + $"{MaximumPerMinute} per minute.")
                {
                    RetryAfter = TimeSpan.FromSeconds(5),
                });
            }

            reads.Running++;
            reads.Count++;
            return reads;
        }
    }

    private void Advance()
    {
        var now = timeProvider.GetUtcNow();
        if (now >= _minute && now - _minute < TimeSpan.FromMinutes(1)) // A clock that is set back begins a minute, too.
        {
            return;
        }

        _minute = now;
        foreach (var (name, reads) in _callers.ToList())
        {
            reads.Count = 0;
            if (reads.Running == 0)
            {
                _callers.Remove(name);
            }
        }
    }

    private sealed class Reads(ReaderLimit limit) : IDisposable
    {
        public int Running { get; set; }

        public int Count { get; set; }

        public void Dispose()
        {
            lock (limit._callers)
            {
                Running--;
            }
        }
    }
}
