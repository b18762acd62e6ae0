using System.Text;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class ToolCallTrackerTests
{
    private const string Unchanged = "unchanged";

    [Theory]
    [InlineData("""[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]""")]
    [InlineData("""[ {"function":{"name":"f","arguments":"{ }"},"type":"function","id":"a","index":0} ]""")]
    [InlineData(
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}},{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}]""")]
    public void TryEdit_NormalForm_PassesUnchanged(string calls) => Assert.Equal([Unchanged], Edit(calls));

    [Fact]
    public void TryEdit_ArgumentsInPieces_PassUnchanged() =>
        Assert.Equal(
            [Unchanged, Unchanged, Unchanged],
            Edit("""[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]""",
                """[{"index":0,"function":{"arguments":"{\"x\":"}}]""", """[{"index":0,"function":{"arguments":"1}"}}]"""));

    /// <summary>Readers keep the ids of a reply, which has up to 1,024 calls.</summary>
    [Fact]
    public void TryEdit_LongId_IsReplaced()
    {
        static string Call(int length) =>
            $$$"""[{"index":0,"id":"{{{new string('a', length)}}}","type":"function","function":{"name":"f","arguments":""}}]""";

        Assert.Equal([Unchanged], Edit(Call(256)));
        Assert.Equal(["""[{"index":0,"id":"call_r_0","type":"function","function":{"name":"f","arguments":""}}]"""], Edit(Call(257)));
    }

    [Fact]
    public void TryEdit_RepeatedHead_ComesOnce()
    {
        const string Piece = """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""";

        Assert.Equal([Unchanged, """[{"index":0,"function":{"arguments":"1"}}]"""], Edit(Piece, Piece));
    }

    [Theory]
    [InlineData(
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]|[{"index":0,"id":"b","type":"function","function":{"name":"g","arguments":"2"}}]""", """[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"2"}}]""")]
    [InlineData(
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]|[{"index":0,"id":"b","type":"function","function":{"name":"g","arguments":"2"}}]|[{"index":0,"function":{"arguments":"3"}}]""", """[{"index":1,"function":{"arguments":"3"}}]""")]
    [InlineData("""[{"index":3,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""")]
    [InlineData("""[{"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]|[{"function":{"name":"g","arguments":"2"}}]""",
        """[{"index":1,"id":"call_r_1","type":"function","function":{"name":"g","arguments":"2"}}]""")]
    [InlineData(
        """[{"index":0,"function":{"name":"f","arguments":"{ }"}}]|[{"index":0,"function":{"name":"g","arguments":"{ }"}}]""",
        """[{"index":1,"id":"call_r_1","type":"function","function":{"name":"g","arguments":"{ }"}}]""")]
    [InlineData(
        """[{"index":0,"function":{"name":"f","arguments":{ }}},{"index":0,"function":{"name":"f","arguments":{ }}}]""",
        """[{"index":0,"id":"call_r_0","type":"function","function":{"name":"f","arguments":"{ }"}},{"index":1,"id":"call_r_1","type":"function","function":{"name":"f","arguments":"{ }"}}]""")]
    [InlineData(
        """[{"index":0,"function":{"name":"f","arguments":"{\"x\":"}}]|[{"index":0,"function":{"name":"f","arguments":"1}"}}]""",
        """[{"index":0,"function":{"arguments":"1}"}}]""")]
    // The name is repeated after a first piece without arguments.
    [InlineData(
        """[{"index":0,"function":{"name":"f","arguments":""}}]|[{"index":0,"function":{"name":"f","arguments":"{\"x\":"}}]|[{"index":0,"function":{"name":"f","arguments":"1}"}}]""",
        """[{"index":0,"function":{"arguments":"1}"}}]""")]
    [InlineData(
        """[{"function":{"name":"f","arguments":""}}]|[{"function":{"name":"f","arguments":"{\"x\":"}}]|[{"function":{"name":"f","arguments":"1}"}}]""",
        """[{"index":0,"function":{"arguments":"1}"}}]""")]
    [InlineData(
        """[{"index":0,"function":{"name":"f","arguments":""}}]|[{"index":0,"function":{"name":"g","arguments":"{ }"}}]""",
        """[{"index":1,"id":"call_r_1","type":"function","function":{"name":"g","arguments":"{ }"}}]""")]
    [InlineData("""[{"function":{"name":"f","arguments":"{ }"}}]|[{"function":{"name":"f","arguments":"{ }"}}]""",
        """[{"index":1,"id":"call_r_1","type":"function","function":{"name":"f","arguments":"{ }"}}]""")]
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"1"}}]|[{"function":{"arguments":"2"}}]""",
        """[{"index":0,"function":{"arguments":"2"}}]""")]
    [InlineData("""{"id":"a","type":"function","function":{"name":"f","arguments":"1"}}""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""")]
    [InlineData("""[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":{"x": "\"\\n"}}}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": \"\\\"\\\\n\"}"}}]""")]
    [InlineData("""[{"index":0,"id":null,"type":"function","function":{"name":"f","arguments":"1"}}]""",
        """[{"index":0,"id":"call_r_0","type":"function","function":{"name":"f","arguments":"1"}}]""")]
    [InlineData("""[{"index":0,"id":"a","x":[1],"function":{"name":"f","arguments":"1"},"y":2}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"},"x":[1],"y":2}]""")]
    [InlineData("""[{"index":0,"id":"a","type":"","function":{"name":"f","arguments":"1"}}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""")]
    [InlineData("""[{"index":0,"id":"a"}]|[{"index":0,"function":{"name":"f","arguments":"1"}}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""")]
    [InlineData(
        """[{"index":0,"id":"a","x":1}]|[{"index":0,"x":2,"function":{"arguments":"{\"b\":"}}]|[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"2}"},"x":3}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"b\":2}"},"x":1}]""")]
    [InlineData("""[{"index":0,"id":"a","function":{"name":"","arguments":""}}]|[{"index":1,"id":"b","function":{"name":null}}]|[{"index":1,"function":{"name":"g"}}]|[{"index":0,"function":{"name":"f"}}]""",
        """[{"index":1,"id":"a","type":"function","function":{"name":"f","arguments":""}}]""")]
    [InlineData("""[{"id":"a"}]|[{"function":{"name":"f"}}]|[{"function":{"arguments":"1"}}]""",
        """[{"index":0,"function":{"arguments":"1"}}]""")]
    [InlineData("""[{"index":0,"function":{"arguments":"1"}}]|[{"index":0,"id":"a"}]|[{"index":0,"function":{"name":"f"}}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""")]
    [InlineData("""[{"index":0,"function":{"name":"f"}}]|[{"index":0,"id":"a","function":{"arguments":"{ }"}}]""",
        """[{"index":0,"function":{"arguments":"{ }"}}]""")]
    [InlineData("""[{"index":0,"function":{"name":"f","arguments":"{ }"}}]|[{"index":0,"id":"a","function":{"name":"g","arguments":"{ }"}}]""",
        """[{"index":1,"id":"a","type":"function","function":{"name":"g","arguments":"{ }"}}]""")]
    [InlineData("""[{"index":0,"id":"a"}]|[{"index":0,"function":{"name":"f"}}]|[{"index":0,"function":{"name":"f","arguments":"1"}}]""",
        """[{"index":0,"function":{"arguments":"1"}}]""")]
    [InlineData(
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]|[{"index":0,"id":"","type":null,"function":{"name":null,"arguments":"2"}}]""", """[{"index":0,"function":{"arguments":"2"}}]""")]
    [InlineData("""[{"id":"a","type":"function","name":"f","arguments":{"x":1}}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]""")]
    [InlineData("""[{"index":0,"id":"a","type":"function","name":"f","arguments":"1"}]|[{"index":0,"arguments":"2"}]""",
        """[{"index":0,"function":{"arguments":"2"}}]""")]
    [InlineData("""[{}]|[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""", Unchanged)]
    [InlineData("""[{},{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""",
        """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}}]""")]
    public void TryEdit_OtherForms_BecomeTheNormalOne(string pieces, string expected) =>
        Assert.Equal(expected, Edit(pieces.Split('|'))[^1]);

    /// <summary>Servers change the id or the index of a call between its pieces, or leave both out.</summary>
    [Theory]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f"}}|{"index":0,"id":"b","function":{"arguments":"{\"x\":"}}|{"index":0,"id":"c","function":{"arguments":"1}"}}""",
        """[{"index":0,"function":{"arguments":"1}"}}]""")]
    [InlineData("""{"id":"a","function":{"name":"f","arguments":"{"}}|{"id":"b","function":{"name":"g","arguments":"{"}}|{"id":"a","function":{"arguments":"}"}}""",
        """[{"index":0,"function":{"arguments":"}"}}]""")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f"}}|{"index":1,"id":"a","function":{"arguments":"{"}}|{"index":1,"function":{"arguments":"}"}}""",
        """[{"index":0,"function":{"arguments":"}"}}]""")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{ }"}}|{"index":0,"id":"b","function":{"name":"g"}}|{"index":1,"function":{"arguments":"{ }"}}""",
        """[{"index":1,"function":{"arguments":"{ }"}}]""")]
    [InlineData("""{"index":7,"id":"a","function":{"name":"f"}}|{"function":{"arguments":"{ }"}}""",
        """[{"index":0,"function":{"arguments":"{ }"}}]""")]
    public void TryEdit_PieceOfACallWithAnotherLabel_BelongsToIt(string pieces, string expected) =>
        Assert.Equal(expected, Edit(pieces.Split('|'))[^1]);

    /// <summary>A call may be named after its id, so an id that is new begins a call.</summary>
    [Theory]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f"}}|{"index":0,"id":"b"}|{"index":0,"function":{"name":"g","arguments":"{ }"}}""",
        """[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{ }"}}]""")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{ }"}}|{"index":0,"id":"b","function":{"arguments":"{ }"}}|{"index":0,"function":{"name":"g"}}""",
        """[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{ }"}}]""")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{ }"}}|{"index":1,"function":{"arguments":"{ }"}}|{"index":1,"function":{"name":"g"}}""",
        """[{"index":1,"id":"call_r_1","type":"function","function":{"name":"g","arguments":"{ }"}}]""")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{ }"}}|{"index":1,"id":"a","function":{"name":"g","arguments":"{ }"}}""",
        """[{"index":1,"id":"a~2","type":"function","function":{"name":"g","arguments":"{ }"}}]""")]
    public void TryEdit_FirstPieceOfACall_BeginsIt(string pieces, string expected) =>
        Assert.Equal(expected, Edit(pieces.Split('|'))[^1]);

    /// <summary>Text after the object is no part of the arguments, so the last piece repeats them.</summary>
    [Fact]
    public void TryEdit_RepeatedArgumentsWithTextAfterTheObject_AddNothing() => Assert.Equal(
        "",
        Edit("""[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]""",
            """[{"index":0,"function":{"arguments":"1}}"}}]""",
            """[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}}"}}]""")[^1]);

    [Fact]
    public void TryEdit_WithoutAName_Waits() => Assert.Equal(
        ["", "", """[{"index":0,"id":"b","type":"function","function":{"name":"g","arguments":"{ }"}}]"""],
        Edit("""[{"index":0,"id":"a"}]""", """[{"index":0,"function":{"arguments":"{ }"}}]""",
            """[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{ }"}}]"""));

    [Fact]
    public void WriteWaiting_HasTheCallsWithoutAName()
    {
        var tracker = new ToolCallTracker();
        var output = new ByteBuffer(16);
        tracker.TryEdit("""[{"id":"a","function":{"arguments":"1"}},{"id":"b","function":{"name":"g"}},{"id":"c","x":2}]"""u8, "r", output);

        tracker.WriteWaiting("r", output);
        Assert.Equal(
            """[{"index":1,"id":"a","type":"function","function":{"name":"","arguments":"1"}},{"index":2,"id":"c","type":"function","function":{"name":"","arguments":""},"x":2}]""",
            Encoding.UTF8.GetString(output.Span));
        tracker.WriteWaiting("r", output);
        Assert.Equal((0, false), (output.Length, tracker.IsWaiting));
    }

    /// <summary>What waits has a cap, which all calls share.</summary>
    [Fact]
    public void TryEdit_LongArgumentsWithoutAName_WaitNoLonger()
    {
        var pieces = Edit([.. Enumerable.Range(0, 3).Select(i =>
            $$$"""[{"index":{{{i}}},"id":"{{{i}}}","function":{"arguments":"{{{new string('1', 40_000)}}}"}}]"""),
            """[{"index":0,"function":{"name":"f"}}]"""]);

        Assert.Equal([0, 0], pieces[..2].Select(piece => piece.Length));
        Assert.StartsWith("""[{"index":0,"id":"2","type":"function","function":{"name":"","arguments":"11""", pieces[2], StringComparison.Ordinal);
        Assert.StartsWith("""[{"index":1,"id":"0","type":"function","function":{"name":"f",""", pieces[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[{}]")]
    [InlineData("[null]")]
    [InlineData("""[{"index":0,"id":"","type":"function","function":{"name":null,"arguments":""}}]""")]
    public void TryEdit_NoCall_IsDropped(string calls)
    {
        var tracker = new ToolCallTracker();
        var output = new ByteBuffer(16);

        Assert.True(tracker.TryEdit(Encoding.UTF8.GetBytes(calls), "r", output));
        Assert.Equal((0, 0), (output.Length, tracker.Count));
    }

    [Fact]
    public void IncompleteCount_ArgumentsThatAreCut_AreCounted()
    {
        var tracker = new ToolCallTracker();
        var output = new ByteBuffer(16);
        tracker.TryEdit(
            """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{\"x\":"}}]"""u8, "r", output);
        Assert.Equal((2, 1), (tracker.Count, tracker.IncompleteCount));

        tracker.TryEdit("""[{"index":1,"function":{"arguments":"1}"}}]"""u8, "r", output);
        Assert.Equal((2, 0), (tracker.Count, tracker.IncompleteCount));
    }

    private static string[] Edit(params string[] pieces)
    {
        var tracker = new ToolCallTracker();
        var output = new ByteBuffer(16);
        return [.. pieces.Select(
            piece => tracker.TryEdit(Encoding.UTF8.GetBytes(piece), "r", output) ? Encoding.UTF8.GetString(output.Span) : Unchanged)];
    }
}
