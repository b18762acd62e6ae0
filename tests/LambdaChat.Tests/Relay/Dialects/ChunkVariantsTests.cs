using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class ChunkVariantsTests
{
    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""", "", "ab")]
    [InlineData("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"why"}]},{"type":"text","text":"a"}]}""", "why", "a")]
    [InlineData("""{"content":{"type":"text","text":"a"}}""", "", "a")]
    [InlineData("""{"content":7}""", "", "7")]
    [InlineData("""{"reasoning_content":[{"type":"text","text":"why"},"so"]}""", "whyso", "")]
    [InlineData("""{"reasoning":{"content":"why"},"content":"a"}""", "why", "a")]
    [InlineData("""{"reasoning_content":{"text":""},"content":null}""", "", "")]
    [InlineData("""{"reasoning":[],"content":"a"}""", "", "a")]
    public void Texts_OfParts_AreTexts(string delta, string thinking, string content)
    {
        var (log, translation) = ChunkLog.Run(ChunkLog.Contract(),
            $$"""{"choices":[{"index":0,"delta":{{delta}},"finish_reason":"stop"}]}""");

        Assert.Null(translation.Failure);
        Assert.Equal((thinking, content), (log.Text("reasoning_content"), log.Text("content")));
    }
}
