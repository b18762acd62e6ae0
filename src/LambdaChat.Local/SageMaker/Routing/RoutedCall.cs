using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker.Routing;

/// <summary>A call on an instance, which counts as outstanding until it is disposed.</summary>
internal sealed record RoutedCall(PromptUsage Prompt, Action End) : IDisposable
{
    public void Dispose() => End();
}
