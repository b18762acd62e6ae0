namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>The prompt of a call on an instance of an endpoint with several.</summary>
/// <param name="Instance">The number of the instance.</param>
/// <param name="Tokens">The tokens of the prompt.</param>
/// <param name="CachedTokens">Those of them that the instance had in its prefix cache.</param>
/// <param name="ComputeTime">How long the instance needs for the other tokens, before the first token of the reply.</param>
internal sealed record PromptUsage(int Instance, int Tokens, int CachedTokens, TimeSpan ComputeTime);
