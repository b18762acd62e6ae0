namespace LambdaChat.Limits;

/// <summary>The most tokens that a request may use, before it is known how many it does.</summary>
/// <param name="Prompt">Guessed from its bytes.</param>
/// <param name="Completion">What it allows its reply, or what the model may be asked for.</param>
internal sealed record TokenEstimate(long Prompt, long Completion);
