namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>The prompt of a call on an instance of an endpoint with several.</summary>
/// <param name="Instance">The number of the instance.</param>
/// <param name="Tokens">The tokens of the prompt.</param>
/// <param name="CachedTokens">Those of them that the instance had in its prefix cache.</param>
internal sealed record PromptUsage(int Instance, int Tokens, int CachedTokens);
