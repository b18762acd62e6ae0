namespace LambdaChat.Benchmarks.Soak;

/// <summary>A failure that the emulator simulates, and the errors that the client may receive.</summary>
/// <param name="Kind">The name of the fault in the emulator.</param>
/// <param name="Codes">The expected error codes.</param>
internal sealed record SoakFault(string Kind, params string[] Codes)
{
    /// <summary>True if the call is retried, and may succeed at the second attempt.</summary>
    public bool IsRetried { get; private init; }

    public static readonly SoakFault[] All =
    [
        new("container_error", "model_error"),
        new("model_stream_error", "upstream_stream_broken"),
        new("model_timeout", "upstream_timeout"),
        new("internal_stream_failure", "upstream_failure"),
        new("error_frame", "upstream_failure"),
        new("corrupt_frame", "upstream_stream_corrupt"),
        new("corrupt_prelude", "upstream_stream_corrupt"),
        new("oversized_frame", "upstream_stream_corrupt"),
        new("truncated_frame", "upstream_connection_lost"),
        new("garbage", "upstream_stream_corrupt"),
        new("end", "upstream_reply_incomplete"),
        new("done", "upstream_reply_incomplete"),
        new("abort", "upstream_reply_aborted"),
        new("reset", "upstream_connection_lost", "upstream_unreachable"), // The kernel decides which bytes a reset discards.
        new("throttling", "rate_limit_exceeded") { IsRetried = true },
        new("validation_error", "upstream_invalid_target"),
        new("internal_failure", "upstream_failure") { IsRetried = true },
        new("service_unavailable", "upstream_unavailable") { IsRetried = true },
        new("model_not_ready", "upstream_unavailable") { IsRetried = true },
        new("internal_dependency", "upstream_unavailable") { IsRetried = true },
        new("model_error", "model_error"),
    ];
}
