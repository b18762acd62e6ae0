using LambdaChat.Failures;

namespace LambdaChat.Relay;

/// <summary>The decision whether a reply may be sent to its caller. It may still be pending while the model is called.</summary>
internal interface IReplyAdmission
{
    /// <summary>Why the reply is rejected; null while it is allowed or the decision is pending.</summary>
    ReplyFailure? Failure { get; }

    /// <summary>Canceled when the reply is rejected after the call of the model has started.</summary>
    CancellationToken Stop { get; }

    /// <summary>Waits for the decision before the first byte of the reply is sent. True if the reply is allowed.</summary>
    ValueTask<bool> WaitForDecisionAsync();
}
