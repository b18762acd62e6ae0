namespace LambdaChat.Lambda;

/// <summary>Settings of the Lambda server.</summary>
/// <param name="FlushCommentDelay">The delay of the SSE comment after an event that nothing follows. Zero sends no comments.</param>
internal sealed record LambdaServerSettings(TimeSpan FlushCommentDelay);
