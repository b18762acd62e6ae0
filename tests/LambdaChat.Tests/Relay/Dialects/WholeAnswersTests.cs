using System.Text;
using LambdaChat.Failures;
using LambdaChat.Relay.Dialects;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class WholeAnswersTests
{
    [Theory]
    [InlineData("""{"error":{"message":"boom"}}""", FailureKind.ContainerError)]
    [InlineData(" Internal Server Error\n", FailureKind.ContainerError)]
    [InlineData("<html><head><title>502 Bad Gateway</title></head></html>", FailureKind.ContainerError)]
    [InlineData("""{"choices":"x"}""", null)]
    [InlineData("""{"object":"error","message":"boom"}""", FailureKind.ContainerError)]
    [InlineData("""{"object":"chat.completion","choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}""",
        FailureKind.WrongTask)]
    [InlineData("""{"object":"list","data":[{"embedding":[1]}],"usage":{"prompt_tokens":1}}""", null)]
    [InlineData("""{"id":"r","results":[{"index":0,"relevance_score":0.5}]}""", null)]
    internal void Answer_ThatIsNone_IsAFailure(string answer, FailureKind? expected) =>
        Assert.Equal(expected, WholeAnswers.FindFailure(Encoding.UTF8.GetBytes(answer))?.Kind);
}
