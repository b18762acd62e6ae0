using LambdaChat.Http;

namespace LambdaChat.Api.Requests;

/// <summary>
/// Bounds the memory of what is held whole in this process, such as all request bodies. Returns it to the operating system after a peak.
/// </summary>
/// <param name="capacity">The maximum number of bytes. One caller gets at most half of them. A single body always fits.</param>
internal sealed class MemoryBudget(long capacity, TimeProvider timeProvider)
{
    private const double ShareOfBodies = 1.0 / 4;
    private const long Peak = 32 * 1024 * 1024; // Bytes, after which memory is returned.

    private static readonly TimeSpan CollectInterval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _callers = new(StringComparer.Ordinal); // The bytes of each caller.
    private long _used;
    private long _peak;
    private long _lastCollection = long.MinValue;

    /// <param name="share">The share of the memory that the process may use.</param>
    public static MemoryBudget Create(TimeProvider timeProvider, double share = ShareOfBodies) =>
        new((long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * share), timeProvider);

    /// <summary>503: the bodies of other requests use all memory for bodies.</summary>
    public static ApiError Exhausted { get; } =
        ApiError.Server(StatusCodes.Status503ServiceUnavailable, "server_overloaded",
            "The server is overloaded with large requests. Try again.") with
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };

    /// <summary>413: the request alone needs more memory than one caller gets.</summary>
    public static ApiError Insufficient { get; } =
        ApiError.Refused(StatusCodes.Status413PayloadTooLarge, "request_too_large",
            "The request is too large for the server's memory. Please send fewer items.");

    /// <summary>The maximum number of bytes.</summary>
    public long Capacity => capacity;

    /// <summary>The bytes of all bodies.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>True if one caller may have so many bytes while there are no other requests.</summary>
    public bool CanHold(long bytes) => bytes <= capacity / 2;

    /// <param name="caller">The caller's name; empty for anonymous access.</param>
    /// <param name="held">The bytes that are reserved for the same body or reply, which grows.</param>
    public bool TryReserve(long bytes, string caller = "", long held = 0)
    {
        if (!TryReserveShare(bytes, caller, held))
        {
            return false;
        }

        var used = Interlocked.Add(ref _used, bytes);
        if (used > capacity && used - bytes > held)
        {
            Interlocked.Add(ref _used, -bytes);
            ReleaseShare(bytes, caller);
            return false;
        }

        if (used > Interlocked.Read(ref _peak))
        {
            Interlocked.Exchange(ref _peak, used);
        }

        return true;
    }

    public void Release(long bytes, string caller = "")
    {
        if (bytes == 0)
        {
            return;
        }

        ReleaseShare(bytes, caller);
        if (Interlocked.Add(ref _used, -bytes) == 0 && Interlocked.Exchange(ref _peak, 0) >= Peak)
        {
            Collect();
        }
    }

    private bool TryReserveShare(long bytes, string caller, long held)
    {
        lock (_callers)
        {
            var used = _callers.GetValueOrDefault(caller);
            if (used > held && used + bytes > capacity / 2)
            {
                return false;
            }

            _callers[caller] = used + bytes;
            return true;
        }
    }

    private void ReleaseShare(long bytes, string caller)
    {
        lock (_callers)
        {
            if (_callers.GetValueOrDefault(caller) - bytes is var left and > 0)
            {
                _callers[caller] = left;
            }
            else
            {
                _callers.Remove(caller);
            }
        }
    }

    // Without background collections, nothing else returns the memory of large arrays while the process is idle.
    private void Collect()
    {
        var now = timeProvider.GetTimestamp();
        var last = Interlocked.Read(ref _lastCollection);
        if ((last == long.MinValue || timeProvider.GetElapsedTime(last, now) >= CollectInterval) &&
            Interlocked.CompareExchange(ref _lastCollection, now, last) == last)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static _ => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true), null);
        }
    }
}
