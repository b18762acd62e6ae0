using System.Text;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>The bytes that one record of a model server can cause. Counted, not timed.</summary>
public sealed class ChunkAmplificationTests
{
    private static readonly string Padding = new('p', 700_000);

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(129)]
    public void Record_MoreThan128Choices_IsDamaged(int choices)
    {
        var counter = new ByteCounter();
        var editor = new Translation(ChunkLog.Contract(choices: 128), counter);

        Assert.False(editor.TryEdit(Record(choices, "\"delta\":{\"content\":\"a\"}")));
        Assert.Equal((FailureKind.CorruptStream, 0), (editor.Failure?.Kind, counter.Length));
    }

    [Theory]
    [InlineData("\"delta\":{\"content\":\"a\"}")]
    [InlineData("\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"")]
    [InlineData("\"delta\":{\"content\":\"a\",\"reasoning_content\":\"b\"}")]
    [InlineData("\"delta\":{\"content\":\"<think>a</think>b\"}")]
    [InlineData("\"delta\":{\"content\":\" \"}")]
    [InlineData("\"delta\":{},\"text\":\"a\"")]
    [InlineData("\"message\":{\"content\":\"a\"}")]
    [InlineData("\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}")]
    public void Record_128ChoicesAndALargeMember_CopiesTheMemberOnce(string choice)
    {
        foreach (var choices in (int[])[1, 128])
        {
            foreach (var reasoning in Enum.GetValues<LambdaChat.Models.ReasoningOutput>())
            {
                var counter = new ByteCounter();
                var editor = new Translation(ChunkLog.Contract(reasoning, choices: choices), counter);
                editor.TryEdit(Record(128, choice));
                editor.End();

                Assert.InRange(counter.Length, 0, (2 * Padding.Length) + (128 * 3 * 512));
            }
        }
    }

    [Fact]
    public void Records_BlankTextAndALargeMember_AreNotHeld()
    {
        var counter = new ByteCounter();
        var editor = new Translation(ChunkLog.Contract(), counter);
        var record = Encoding.UTF8.GetBytes($$"""{"x":"{{Padding}}","choices":[{"index":0,"delta":{"content":" "} }]}""");

        for (var i = 1; i <= 50; i++)
        {
            Assert.True(editor.TryEdit(record));
            Assert.InRange(counter.Length, ((long)i - 1) * Padding.Length, long.MaxValue);
        }
    }

    [Fact]
    public void Records_FinishReasonAndALargeMember_AreNotHeld()
    {
        var counter = new ByteCounter();
        var editor = new Translation(ChunkLog.Contract(choices: 128), counter);
        for (var i = 0; i < 128; i++)
        {
            Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(
                $$"""{"x":"{{Padding}}","choices":[{"index":{{i}},"delta":{"content":"a"},"finish_reason":"stop"}]}""")));
            Assert.InRange(counter.Length, (i + 1L) * Padding.Length, long.MaxValue);
        }

        Assert.Equal(0, counter.FinishReasons);
        Assert.Null(editor.End());
        Assert.Equal(128, counter.FinishReasons);
    }

    private static byte[] Record(int choices, string choice) => Encoding.UTF8.GetBytes(
        $$"""{"x":"{{Padding}}","choices":[{{string.Join(',', Enumerable.Range(0, choices).Select(i => $$"""{"index":{{i % 128}},{{choice}}}"""))}}]}""");

    private sealed class ByteCounter : IChunkOutput
    {
        public long Length { get; private set; }

        public int FinishReasons { get; private set; }

        public bool Write(ReadOnlySpan<byte> chunk)
        {
            Length += chunk.Length;
            FinishReasons += chunk.IndexOf("\"finish_reason\":\"stop\""u8) >= 0 ? 1 : 0;
            return true;
        }
    }
}
