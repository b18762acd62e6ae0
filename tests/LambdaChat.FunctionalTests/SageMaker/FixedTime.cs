namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>A clock that stands still.</summary>
internal sealed class FixedTime(DateTime now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
