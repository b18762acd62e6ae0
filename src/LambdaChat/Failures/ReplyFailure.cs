using LambdaChat.Http;

namespace LambdaChat.Failures;

/// <summary>The failure of a reply.</summary>
/// <param name="Container">The error of the model server, if it sent one.</param>
internal sealed record ReplyFailure(FailureKind Kind, ContainerError? Container = null)
{
    /// <summary>
    /// For the log: SageMaker's error type and request id, and the container's error type. None of them identifies an account.
    /// </summary>
    public string? Detail { get; init; }

    /// <summary>The time to wait before a retry, if SageMaker or the model server named one.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The response to the client, if it does not follow from the kind.</summary>
    public ApiError? Response { get; init; }

    /// <summary>The failure for an unexpected exception.</summary>
    public static ReplyFailure Of(Exception exception) =>
        new(exception is OutOfMemoryException ? FailureKind.ServerOverloaded : FailureKind.Internal);

    /// <summary>True for an error that the model server reported as its own, and not as the request's.</summary>
    public bool IsServerFailure => Kind == FailureKind.ContainerError && Container?.Status is null or >= 500 or 429;

    /// <summary>True if the same call may succeed a moment later.</summary>
    public bool IsTransient =>
        Kind is FailureKind.Unreachable or FailureKind.Throttled or FailureKind.Unavailable or FailureKind.SageMakerFailure
        || (Kind == FailureKind.ContainerError && Container?.Status is 429 or 502 or 503);

    /// <summary>
    /// True if another target may respond. A container's 500 is often a dead or draining engine, which a second call does not repair.
    /// </summary>
    public bool MayRetryOtherTarget => IsTransient
        || Kind is FailureKind.Cold or FailureKind.InvalidTarget or FailureKind.AccessDenied or FailureKind.RoleDenied
        or FailureKind.CredentialsExpired or FailureKind.CredentialsInvalid
        || (Kind == FailureKind.ContainerError && Container?.Status == 500);
}

/// <summary>An error of a model server, safe to show.</summary>
/// <param name="Status">The HTTP status, from the response or the error itself; null if unknown.</param>
/// <param name="Message">At most 2 KiB.</param>
/// <param name="Type">The error type; at most 64 ASCII characters.</param>
/// <param name="Param">The invalid parameter; at most 64 ASCII characters.</param>
/// <param name="Code">The error code; at most 64 ASCII characters.</param>
internal sealed record ContainerError(int? Status, string Message, string? Type = null, string? Param = null, string? Code = null);
