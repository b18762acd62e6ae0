namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>The prompt of a call on an instance of an endpoint with several.</summary>
/// <param name="Instance">The number of the instance.</param>
/// <param name="Tokens">The tokens of the prompt.</param>
/// <param name="CachedTokens">The tokens of the prompt that were in the instance's prefix cache.</param>
/// <param name="ComputeTime">The time that the instance needs for the other tokens, before the first token of the reply.</param>
internal sealed record PromptUsage(int Instance, int Tokens, int CachedTokens, TimeSpan ComputeTime);
