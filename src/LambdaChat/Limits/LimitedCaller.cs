namespace LambdaChat.Limits;

/// <summary>The caller whose limits apply to a request.</summary>
/// <param name="Id">What distinguishes the caller from all others; null for anonymous access.</param>
/// <param name="Name">The name in logs, which <c>LIMITS</c> may use as well; null for anonymous access.</param>
/// <param name="Limits">The caller's own limits as JSON; null if only the configured limits apply.</param>
internal sealed record LimitedCaller(string? Id, string? Name, string? Limits);
