namespace LambdaChat.Failures;

/// <summary>The reasons why a reply fails.</summary>
internal enum FailureKind
{
    /// <summary>There is no connection to SageMaker.</summary>
    Unreachable,

    /// <summary>The function has no AWS credentials.</summary>
    NoCredentials,

    /// <summary>The function's AWS credentials have expired.</summary>
    CredentialsExpired,

    /// <summary>AWS does not know the access key, or the signature does not match.</summary>
    CredentialsInvalid,

    /// <summary>The function's role lacks a permission.</summary>
    AccessDenied,

    /// <summary>The function cannot assume the role of the model's endpoint.</summary>
    RoleDenied,

    /// <summary>SageMaker knows no such endpoint, inference component or variant.</summary>
    InvalidTarget,

    /// <summary>SageMaker throttles the calls.</summary>
    Throttled,

    /// <summary>The endpoint is at capacity or not ready.</summary>
    Unavailable,

    /// <summary>The endpoint is scaled to zero. The call starts it, which takes minutes.</summary>
    Cold,

    /// <summary>SageMaker returned an internal error.</summary>
    SageMakerFailure,

    /// <summary>The model server returned an error, before or inside the stream.</summary>
    ContainerError,

    /// <summary>The model server exceeded SageMaker's time limit.</summary>
    ModelTimeout,

    /// <summary>The model server closed its stream to SageMaker early.</summary>
    StreamBroken,

    /// <summary>The stream violates the event stream format, or a record the format of OpenAI-compatible servers.</summary>
    CorruptStream,

    /// <summary>An event of the model server exceeds the relay's limit.</summary>
    RecordTooLong,

    /// <summary>The connection to SageMaker ended inside the stream.</summary>
    ConnectionLost,

    /// <summary>The stream ended without a finish reason.</summary>
    NoFinishReason,

    /// <summary>The model server ended the reply itself: its finish reason is <c>abort</c> or <c>error</c>.</summary>
    ModelAborted,

    /// <summary>The model server answered with the reply of another task: a chat with embeddings, or the reverse.</summary>
    WrongTask,

    /// <summary>The relay failed with an unexpected exception.</summary>
    Internal,

    /// <summary>The reply exceeds the limit of a non-streaming response.</summary>
    ReplyTooLong,

    /// <summary>Other replies use the memory for replies that are held whole.</summary>
    ServerOverloaded,

    /// <summary>The model sent nothing for longer than its idle timeout.</summary>
    ModelSilent,

    /// <summary>The reply took longer than the model's time limit.</summary>
    ReplyTooSlow,

    /// <summary>The caller, or the model, has reached a limit.</summary>
    LimitReached,

    /// <summary>The table of limits did not respond, and the configuration then rejects requests.</summary>
    LimitsUnknown,

    /// <summary>The function reached its time limit.</summary>
    DeadlineExceeded,

    /// <summary>The client disconnected.</summary>
    ClientGone,

    /// <summary>The stored reply was cancelled.</summary>
    Cancelled,

    /// <summary>The process that received the stored reply ended before the reply did.</summary>
    ReplyLost,
}
