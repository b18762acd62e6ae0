namespace LambdaChat.Lambda.Events;

/// <summary>Lambda's trace of an invocation, as a feature of its context where Lambda gives one.</summary>
/// <param name="Header">In the form of <c>X-Amzn-Trace-Id</c>.</param>
internal sealed record InvocationTrace(string Header);
