namespace LambdaChat.Failures;

/// <summary>Why a reply could not be given or finished: what failed and, by that, who is to blame.</summary>
internal enum FailureKind
{
    /// <summary>No connection to SageMaker.</summary>
    Unreachable,

    /// <summary>The function has no credentials to sign with.</summary>
    NoCredentials,

    /// <summary>SageMaker refuses the function's credentials or permissions.</summary>
    AccessDenied,

    /// <summary>The role of the model's endpoint cannot be assumed.</summary>
    RoleDenied,

    /// <summary>SageMaker refuses the call: no such endpoint, component or variant.</summary>
    InvalidTarget,

    /// <summary>SageMaker throttles.</summary>
    Throttled,

    /// <summary>The endpoint has no room or is not ready.</summary>
    Unavailable,

    /// <summary>The endpoint is scaled to zero. Being asked wakes it, which takes minutes.</summary>
    Cold,

    /// <summary>SageMaker itself failed.</summary>
    SageMakerFailure,

    /// <summary>The model server answered with an error of its own, before or inside the stream.</summary>
    ContainerError,

    /// <summary>The model server took longer than SageMaker allows.</summary>
    ModelTimeout,

    /// <summary>The stream broke between the model server and SageMaker.</summary>
    StreamBroken,

    /// <summary>The stream is no event stream, or not what an OpenAI-compatible server sends.</summary>
    CorruptStream,

    /// <summary>One event of the model server is longer than the relay takes.</summary>
    RecordTooLong,

    /// <summary>The connection ended inside the stream.</summary>
    ConnectionLost,

    /// <summary>The stream ended in good order, but without a finish reason.</summary>
    NoFinishReason,

    /// <summary>The model server broke the reply off itself: its finish reason is <c>abort</c> or <c>error</c>.</summary>
    ModelAborted,

    /// <summary>The relay failed: an unexpected exception.</summary>
    Internal,

    /// <summary>The reply is longer than the function gathers.</summary>
    ReplyTooLong,

    /// <summary>The model was silent for longer than its configuration allows.</summary>
    ModelSilent,

    /// <summary>The reply took longer than the model's configuration allows.</summary>
    ReplyTooSlow,

    /// <summary>The caller, or the model, has spent what it may.</summary>
    LimitReached,

    /// <summary>Whether the caller may still spend could not be found out.</summary>
    LimitsUnknown,

    /// <summary>The function's own time is over.</summary>
    DeadlineExceeded,

    /// <summary>Nobody reads the reply any more.</summary>
    ClientGone,
}
