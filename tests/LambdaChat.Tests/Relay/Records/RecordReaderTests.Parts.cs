using System.Text;
using LambdaChat.Models;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming.Sse;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Records;

// Lines and events of several records.
public sealed partial class RecordReaderTests
{
    public static TheoryData<string, string[]> Parts { get; } = new()
    {
        { "{\"a\":1}{\"a\":2}{\"a\":3}", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"] },
        { "{\"a\":1}{\"a\":2}\n{\"a\":3}\n", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"] },
        { "{\"a\":1} {\"a\":2}\r\n{\"a\":3} {\"a\":4}\r\n", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\":4}"] },
        { "\uFEFF {\"a\":\"}{\"}{\"a\":\"\\\"}{\\\\\"}[DONE]", ["{\"a\":\"}{\"}", "{\"a\":\"\\\"}{\\\\\"}", "[DONE]"] },
        { "{\"a\":[{},{}]}[{\"a\":2}]\n", ["{\"a\":[{},{}]}", "[{\"a\":2}]"] },
        { "{\"a\":1}{\"a\":2} INFO ok\n{\"a\":3} INFO ok\n{\"a\":4}", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\":4}"] },
        { "{\"a\":1}{\"a\":2}worker died", ["{\"a\":1}", "{\"a\":2}", "text: worker died"] },
        { "{\"a\":1}{\"a\":", ["{\"a\":1}", "{\"a\":"] },
        { "{\"a\":]{\"a\":2}\n", ["{\"a\":]{\"a\":2}"] },
        { "{'a':1} {\"a\":2} x \r\ny", ["{'a':1}", "{\"a\":2}", "x y"] },
        { "{\"a\":1}\uFEFF{\"a\":2}\n", ["{\"a\":1}\uFEFF{\"a\":2}"] },
        { "{\"a\":1} {\"a\":2} \n", ["{\"a\":1}", "{\"a\":2}"] },
        { "{\"a\":1} x {\"a\":2}\n", ["{\"a\":1} x {\"a\":2}"] },
        { "{\"a\":1}{\"a\":2}data: {\"a\":3}\n\n", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"] },
        { "{\n\"a\":1\n}{\n\"a\":2\n}\n{\n\"a\":3\n}\n", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"] },
        { "data: {\"a\":1}{\"a\":2}\n\ndata: {\"a\":3}\n\n", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"] },
        { "data: {\"a\":1} {\"a\":2}[DONE]\n\n", ["{\"a\":1}", "{\"a\":2}", "[DONE]"] },
        { "data: {\"a\":1}data: {\"a\":2} data:{\"a\":3}data: [DONE]\n\n", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "[DONE]"] },
        { "data: {\"a\":\"}data: {\"}data: {\"a\":2}", ["{\"a\":\"}data: {\"}", "{\"a\":2}"] },
        { "data:\n {\"a\":1}\n\ndata: \n{\"a\":2}\n\n", ["{\"a\":1}", "", "{\"a\":2}"] },
        { "data: {\"a\":\"}{\"}\n\ndata: {\"a\":\"} {\"}{}\n\n", ["{\"a\":\"}{\"}", "{\"a\":\"} {\"}", "{}"] },
        { "data: data: {\"a\":1}\n\ndata: data: {\"a\":2}\n\ndata: data: [DONE]\n\n", ["{\"a\":1}", "{\"a\":2}", "[DONE]"] },
        { "data: data: {\"a\":1}\r\ndata: \r\ndata: \r\n\r\ndata: data: [DONE]\r\ndata: \r\ndata: \r\n\r\n", ["{\"a\":1}", "[DONE]"] },
        { "data: id: 1\ndata: data: {\"a\":1}\ndata:\ndata: data: {\"a\":2}{\"a\":3}\n\n", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"] },
        { "data: event: error\n\ndata: data: boom\n\ndata: \n\ndata: data: {\"a\":1}\n\n", ["error: boom", "", "{\"a\":1}"] },
        { "data: event: error\ndata: data: boom\n\n", ["error: boom"] },
        { "data: event: error\ndata: data: boom", ["error: boom"] },
        { "data: event: x\n\ndata: data:\n", [""] },
        { "data: data: data: {\"a\":1}\n\n", ["text: data: {\"a\":1}"] },
        { " data: {\"a\":1}\n\n data: {\"a\":2}\n\n : x\n\n\tevent: error\n data: boom\n\n", ["{\"a\":1}", "{\"a\":2}", "error: boom"] },
        { " data: {\"a\":1}\n data: {\"a\":2}\n", ["{\"a\":1}", "{\"a\":2}"] },
        { "\uFEFFdata: {\"a\":1}\n\n\uFEFFdata: {\"a\":2}\n\n\uFEFFdata: [DONE]\n\n", ["{\"a\":1}", "{\"a\":2}", "[DONE]"] },
        { "data: The\n\ndata: next\n\ndata: word\n\ndata: is\n\ndata: error\n\n", [] },
        { "data: warming up\n\ndata: loading\n\ndata: worker died\n\n", ["worker died", "text: warming up\nloading\n"] },
    };

    [Theory, Trait("reported", "S5")]
    [MemberData(nameof(Parts))]
    public void TryRead_SeveralRecordsInOneInAnyCut_GivesEach(string stream, string[] expected)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            Assert.Equal(expected.Select(WithoutSpace), Read(RecordFraming.Auto, pieces).Select(WithoutSpace));
        }
    }

    [Theory]
    [InlineData("{\"a\":1}{", "\"a\":2}")]
    [InlineData("data: data: {\"a\":1}\n\n", "data: data: {\"a\":2}\n\n")]
    [InlineData("data: data: {\"a\":1}\ndata: \n\n", "data: data: {\"a\":2}\ndata: \n\n")]
    public void TryRead_RecordsInOne_DoNotWaitForWhatFollows(string first, string second)
    {
        using var reader = new RecordReader(RecordFraming.Auto);
        foreach (var (piece, expected) in new[] { (first, "{\"a\":1}"), (second, "{\"a\":2}") })
        {
            ReadOnlySpan<byte> payload = Encoding.UTF8.GetBytes(piece);

            Assert.True(reader.TryRead(ref payload, out var record));
            Assert.Equal(expected, Encoding.UTF8.GetString(record.Data));
            Assert.False(reader.TryRead(ref payload, out _));
        }
    }

    [Fact]
    public void TryRead_JoinedRecordAboveTheCap_Fails()
    {
        using var reader = new RecordReader(RecordFraming.Auto);
        var piece = new byte[64 * 1024];
        piece.AsSpan().Fill((byte)' ');

        ReadAll(reader, "{}{}{"u8);
        Assert.Throws<SseLimitException>(() =>
        {
            for (var i = 0; i <= RecordReader.MaximumDocumentLength / piece.Length; i++)
            {
                ReadAll(reader, piece);
            }
        });
    }
}
