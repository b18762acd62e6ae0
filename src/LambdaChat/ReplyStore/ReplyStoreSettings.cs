namespace LambdaChat.ReplyStore;

/// <summary>How replies are stored.</summary>
/// <param name="Retention">How long a reply is kept after its end.</param>
internal sealed record ReplyStoreSettings(TimeSpan Retention)
{
    /// <summary>Lambda's limit of the duration of a reply.</summary>
    public static readonly TimeSpan LambdaLimit = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long the head of a running reply lives after it was written, in addition to <see cref="Retention"/>. The producer extends it in
    /// time. On Lambda this never needs an additional write.
    /// </summary>
    public TimeSpan HeadTime { get; init; } = LambdaLimit;

    /// <summary>
    /// The longest duration of a reply. The table keeps its request, its parts and its name for this time and <see cref="Retention"/>,
    /// because they are not written again.
    /// </summary>
    public TimeSpan LongestRun { get; init; } = LambdaLimit;

    /// <summary>How long chunks are collected for one part. A reply of 20 s has 45 parts.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(450);

    /// <summary>How long a reader looks for a reply: its first event may reach its client before the store has the reply.</summary>
    public TimeSpan SearchTime { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How often a reader asks for further parts.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long after a check a producer checks again whether its reply was cancelled: at every second interval.</summary>
    public TimeSpan CheckInterval => Interval * 1.5;

    /// <summary>How long a producer counts as running after its last write.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The silence after which a producer extends its lease, and the expiry of the head with it.</summary>
    public TimeSpan Renewal => Lease / 4;

    /// <summary>How long after its end a lease counts: the clock of a store is not exact, and a call to the store may be slow.</summary>
    public TimeSpan ClockDifference => Lease / 2;

    /// <summary>How long the last event of a reply waits for a store that has not confirmed the reply.</summary>
    public TimeSpan ConfirmationTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the store may fail before a reply is not stored.</summary>
    public TimeSpan MaximumOutage { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a request waits at its end for the store, if the process stops after it, how long a cancellation waits for the producer,
    /// and how long a caller looks for the rest of a reply of which the store has a part.
    /// </summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The size of a part in bytes. An item of DynamoDB has at most 400 KB.</summary>
    public int MaximumPart { get; init; } = 256 * 1024;

    /// <summary>Maximum number of bytes that wait for the store.</summary>
    public int MaximumWaiting { get; init; } = 8 * 1024 * 1024;

    /// <summary>The longest compressed request in bytes.</summary>
    public int MaximumRequest { get; init; } = 4 * 1024 * 1024;

    /// <summary>True if the process stops after each request. The request then waits for the store.</summary>
    public bool WaitsAtEnd { get; init; }
}
