using LambdaChat.Http;

namespace LambdaChat.Failures;

/// <summary>One failure of the relay.</summary>
/// <param name="Kind">What failed.</param>
/// <param name="Container">What the model server said, where it said something.</param>
internal sealed record ReplyFailure(FailureKind Kind, ContainerError? Container = null)
{
    /// <summary>What SageMaker called it and the id of its request, for the log. Neither names anything of an account.</summary>
    public string? Detail { get; init; }

    /// <summary>When to ask again, as SageMaker or the model server said; null where neither did.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The answer, where the failure brings its own.</summary>
    public OpenAIError? Response { get; init; }

    /// <summary>True where the same call may succeed a moment later.</summary>
    public bool IsTransient => Kind is FailureKind.Unreachable or FailureKind.Throttled or FailureKind.Unavailable or FailureKind.SageMakerFailure
        || (Kind == FailureKind.ContainerError && Container?.Status is 429 or 502 or 503);

    /// <summary>True where another target may answer though this one does not.</summary>
    public bool MayRetryOtherTarget => IsTransient || Kind is FailureKind.Cold or FailureKind.InvalidTarget or FailureKind.AccessDenied or FailureKind.RoleDenied;
}

/// <summary>An error of a model server, cleaned: safe to show.</summary>
/// <param name="Status">The container's own HTTP status; null where it gave none.</param>
/// <param name="Message">At most 2 KiB, without ARNs, account ids, links and tracebacks.</param>
/// <param name="Type">The container's error type, null where it gave none.</param>
/// <param name="Param">The parameter at fault, null where none is named.</param>
/// <param name="Code">The container's error code, null where it gave none.</param>
internal sealed record ContainerError(int? Status, string Message, string? Type = null, string? Param = null, string? Code = null);
