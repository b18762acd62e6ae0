namespace LambdaChat.Hosting;

/// <summary>The X-Ray trace of an invocation: a feature of requests that Lambda traces.</summary>
/// <param name="Header">The value of <c>Lambda-Runtime-Trace-Id</c>, in the form of <c>X-Amzn-Trace-Id</c>.</param>
internal sealed record InvocationTrace(string Header);
