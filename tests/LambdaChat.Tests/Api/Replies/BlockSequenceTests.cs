using System.Text;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Tests.Api.Messages;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>Blocks that wait for the end of an open tool call. The tests of each API cover the order of blocks.</summary>
public sealed class BlockSequenceTests
{
    private const int Enough = 50_000; // Of the waiting blocks, whose bytes would otherwise be 250 MB.

    [Fact]
    public void Blocks_ThatWait_CountWithTheirIdsAndNames()
    {
        var (id, name) = (new string('i', 250), new string('n', 5_000));
        var reply = new ReplyBlocks(new Output());
        Assert.True(Add(reply, MessageRecords.Call(0, "c0", "f", "{")));
        var count = 1;
        while (Add(reply, MessageRecords.Call(count, $"{id}{count}", name, "")))
        {
            Assert.InRange(++count, 0, Enough);
        }

        Assert.InRange(count, 700, 900); // 4 MiB.
    }

    /// <summary>Alternating pieces of many waiting calls reach their calls, in the order of the calls.</summary>
    [Fact]
    public void Pieces_OfManyWaitingCalls_ReachTheirCalls()
    {
        const int Calls = 1000;
        var output = new Output();
        var reply = new ReplyBlocks(output);
        for (var i = 0; i < Calls; i++)
        {
            Assert.True(Add(reply, MessageRecords.Call(i, $"c{i}", "f", "{")));
        }

        for (var i = Calls - 1; i >= 0; i--)
        {
            Assert.True(Add(reply, MessageRecords.Arguments(i, "}")));
        }

        reply.End(isFailed: false);
        Assert.Equal(string.Concat(Enumerable.Range(0, Calls).Select(i => $"<c{i}:{{}}>")), output.Text.ToString());
    }

    /// <summary>Some servers send a line end after the arguments of a call, when the next call has begun.</summary>
    [Theory]
    [InlineData(" ", true)]
    [InlineData("\\n", true)]
    [InlineData(" \\r\\n\\t\\u0020", true)]
    [InlineData("\\n}", false)]
    public void Piece_OfAClosedCall_MayBeWhiteSpace(string escaped, bool isAllowed)
    {
        var output = new Output();
        var reply = new ReplyBlocks(output);
        Assert.True(Add(reply, MessageRecords.Call(0, "c0", "f", "{}")));
        Assert.True(Add(reply, MessageRecords.Call(1, "c1", "f", "{}")));

        Assert.Equal(isAllowed, Add(reply, MessageRecords.Arguments(0, escaped)) && reply.Failure is null);
        Assert.Equal("<c0:{}><c1:{}", output.Text.ToString());
    }

    /// <summary>White space is the beginning of the arguments, and no value.</summary>
    [Theory]
    [InlineData(" ")]
    [InlineData("\\n")]
    [InlineData("\\u0020\\t\\r")]
    public void Call_WithBlankArguments_StaysOpen(string escaped)
    {
        var output = new Output();
        var reply = new ReplyBlocks(output);
        Assert.True(Add(reply, MessageRecords.Call(0, "c0", "f", escaped)));
        Assert.True(Add(reply, MessageRecords.Call(1, "c1", "f", "{}")));
        Assert.True(Add(reply, MessageRecords.Text("x")));
        Assert.Equal($"<c0:{escaped}", output.Text.ToString());

        Assert.True(Add(reply, MessageRecords.Arguments(0, "{}")));
        Assert.Equal($"<c0:{escaped}{{}}><c1:{{}}><:x", output.Text.ToString());
    }

    private static bool Add(ReplyBlocks reply, string record) => reply.Add(Encoding.UTF8.GetBytes(record));

    private sealed class Output : IBlockOutput
    {
        public StringBuilder Text { get; } = new();

        public void Start(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name) =>
            Text.Append('<').Append(Encoding.UTF8.GetString(id)).Append(':');

        public void Append(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs) => Text.Append(Encoding.UTF8.GetString(escaped));

        public void Stop(bool isComplete) => Text.Append('>');
    }
}
