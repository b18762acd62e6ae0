using System.Text;
using LambdaChat.Failures;
using LambdaChat.Relay.Dialects;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class WholeAnswersTests
{
    [Theory]
    [InlineData("""{"choices":[{"index":0,"text":"a","finish_reason":"stop"}]}""", """{"choices":[{"index":0,"text":"a","finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"text":"a","finish_reason":"eos_token"},{"text":"b","finish_reason":"length"}]}""",
        """{"choices":[{"text":"a","finish_reason":"stop"},{"text":"b","finish_reason":"length"}]}""")]
    [InlineData("""{"choices":[{"text":"a","finish_reason":""}]}""", """{"choices":[{"text":"a","finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":"x"}""", """{"choices":"x"}""")]
    public void Completion_IsForTheClient(string answer, string expected)
    {
        var (read, failure) = WholeAnswers.Read(Encoding.UTF8.GetBytes(answer), isCompletion: true);

        Assert.Equal((expected, null), (Encoding.UTF8.GetString(read.Span), failure));
    }

    [Theory]
    [InlineData(true, """{"choices":[{"text":"a","finish_reason":"abort"}]}""", FailureKind.ModelAborted)]
    [InlineData(true, """{"error":{"message":"boom"}}""", FailureKind.ContainerError)]
    [InlineData(true, " Internal Server Error\n", FailureKind.ContainerError)]
    [InlineData(false, "<html><head><title>502 Bad Gateway</title></head></html>", FailureKind.ContainerError)]
    [InlineData(true, """{"object":"list","data":[{"embedding":[1]}]}""", FailureKind.WrongTask)]
    [InlineData(false, """{"object":"error","message":"boom"}""", FailureKind.ContainerError)]
    [InlineData(false, """{"object":"chat.completion","choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}""",
        FailureKind.WrongTask)]
    [InlineData(false, """{"object":"list","data":[{"embedding":[1]}],"usage":{"prompt_tokens":1}}""", null)]
    [InlineData(false, """{"id":"r","results":[{"index":0,"relevance_score":0.5}]}""", null)]
    internal void Answer_ThatIsNone_IsAFailure(bool isCompletion, string answer, FailureKind? expected) =>
        Assert.Equal(expected, WholeAnswers.Read(Encoding.UTF8.GetBytes(answer), isCompletion).Failure?.Kind);
}
