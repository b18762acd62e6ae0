using System.Text;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Dialects;

/// <summary>Records of which only the beginning can be translated.</summary>
public sealed class RecordTranslatorTests
{
    private const string First = """{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}""";

    private static readonly string TooManyCalls =
        "[" + string.Join(',', Enumerable.Range(0, 1025).Select(i => $$"""{"id":"c{{i}}","function":{"name":"f"} }""")) + "]";

    public static TheoryData<string> DamagedAfterAText { get; } =
    [
        $$$$"""{"choices":[{{{{First}}}},{"index":128,"delta":{"content":"b"}}]}""",
        $$$$"""{"choices":[{{{{First}}}},{"index":-1,"delta":{"content":"b"}}]}""",
        $$$$"""{"choices":[{{{{First}}}},{"index":"x","delta":{"content":"b"}}]}""",
        $$$$"""{"choices":[{{{{First}}}},{"index":1,"message":{},"delta":{"content":"b"}},{"index":128,"delta":{}}]}""",
        """{"choices":[{"index":0,"message":{"content":"a"}},{"index":128,"message":{"content":"b"}}]}""",
        """[{"choices":[{"index":0,"message":{"content":"a"}},{"index":128,"message":{"content":"b"}}]}]""",
        """{"choices":[{"index":0,"delta":{"content":"<think>t</think>a"}},{"index":128,"delta":{"content":"b"}}]}""",
    ];

    [Theory]
    [MemberData(nameof(DamagedAfterAText))]
    public void TryRead_RecordThatIsDamagedAfterAText_SendsTheTextAtMostOnceInAnyCut(string record) => AssertSentOnce(record);

    [Fact]
    public void TryRead_TooManyToolCallsAfterAText_SendsTheTextOnceInAnyCut()
    {
        var log = Translate([Encoding.UTF8.GetBytes(
            """data: {"choices":[{"index":0,"delta":{"reasoning_content":"t","content":"a","tool_calls":""" + TooManyCalls + "}}]}\n\n")]);

        Assert.Equal(("t", ""), (log.Text("reasoning_content"), log.Text("content")));
    }

    [Fact]
    public void TryRead_HeldTextBeforeADamagedChoice_IsHeldOnce()
    {
        var log = Translate([Encoding.UTF8.GetBytes(
            """data: {"choices":[{"index":0,"delta":{"content":"<th"}},{"index":1,"delta":{}},{"index":128,"delta":{}}]}""" + "\n\n")]);

        Assert.Equal("<th", log.Text("content"));
    }

    [Theory]
    [InlineData(4, "a")]
    [InlineData(5, "")]
    public void TryRead_ArraysInArrays_AreReadToADepth(int depth, string expected)
    {
        var items = """{"choices":[{"index":0,"delta":{"content":"a"} }]},{"choices":0}""";
        var record = new string('[', depth) + items + new string(']', depth);

        Assert.Equal(expected, Translate([Encoding.UTF8.GetBytes($"data: {record}\n\n")]).Text("content"));
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("\"\t\"")]
    public void TryRead_RecordThatIsNotJson_IsRepairedOnce(string value)
    {
        var (log, editor) = ChunkLog.Run(
            ChunkLog.Contract(choices: 2),
            $$"""{"choices":[{"index":0,"delta":{"content":"a"},"x":{{value}} },{"index":1,"delta":{"content":"b"} }]}""");

        Assert.Null(editor.Failure);
        Assert.Equal(("a", "b"), (log.Text("content"), log.Text("content", 1)));
    }

    /// <summary>The log line shows whether the reader of the record or another part of this program failed.</summary>
    [Fact]
    public void Record_ThatCannotBeRead_NamesTheException()
    {
        var editor = new Translation(ChunkLog.Contract(choices: 1), new ChunkLog());
        using var records = new RecordReader(RecordFraming.Auto);
        var payload = "data: {\"choices\":[{]}\n\n"u8;
        Assert.True(records.TryRead(ref payload, out var record));

        Assert.False(editor.TryRead(record));

        Assert.Equal(new ReplyFailure(FailureKind.CorruptStream) { Detail = "JsonReaderException" }, editor.Failure);
    }

    private static void AssertSentOnce(string record)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes($"data: {record}\n\n")))
        {
            Assert.InRange(Translate(pieces).Text("content"), "", "a");
        }
    }

    private static ChunkLog Translate(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract(choices: 2), log);
        using var records = new RecordReader(RecordFraming.Auto);
        foreach (var piece in pieces)
        {
            var payload = piece.Span;
            while (records.TryRead(ref payload, out var record))
            {
                Assert.False(editor.TryRead(record));
            }
        }

        Assert.Equal(FailureKind.CorruptStream, editor.End()?.Kind);
        return log;
    }
}
