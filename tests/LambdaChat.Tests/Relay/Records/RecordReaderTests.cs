using System.Text;
using System.Text.Json;
using LambdaChat.Models;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming.Sse;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Records;

public sealed partial class RecordReaderTests
{
    private const string Pretty = "{\n  \"choices\": [\n    { \"x\": \"\\n}\" }\n  ]\n}";

    /// <summary>The bytes, how they are read, the records.</summary>
    public static TheoryData<string, string[]> Detected { get; } = new()
    {
        { "data: {\"a\":1}\n\ndata:{\"a\":2}\n\n", ["{\"a\":1}", "{\"a\":2}"] },
        { "data: {\"a\":1}\r\n\r\ndata: [DONE]", ["{\"a\":1}", "[DONE]"] },
        { ": ping\n\n{\"a\":0}\n\ndata: {\"a\":1}\n\n", ["{\"a\":0}", "{\"a\":1}"] },
        { "event: x\ndata: {\n data: \n\ndata: }\n\n", ["{ data:", "}"] },
        { "data: {\n  \"a\":\n  1\n}\n\ndata: {\"a\":2}\n\n", ["{  \"a\":  1}", "{\"a\":2}"] },
        { "data: {\"a\":1}\nx: 1\n\n", ["{\"a\":1}"] },
        { "data: {\"a\":1}\n\n{\n  \"a\": {\n    \"b\": \"\\\"}\"\n  }\n}\ndata: {\"a\":2}\n\n",
            ["{\"a\":1}", "{  \"a\": {    \"b\": \"\\\"}\"  }}", "{\"a\":2}"] },
        { ": ping\n\n{\n\n  \"a\": 1\n\n}", ["{  \"a\": 1}"] },
        { "data: {\"a\":1}\n\n{\n\"a\":\ndata: {\"a\":2}\n\n", ["{\"a\":1}", "{\"a\":"] },
        { "data: {\"a\":1}\n\n{\"a\":\"x\ndata: {\"a\":2}\n\n", ["{\"a\":1}", "{\"a\":\"x", "{\"a\":2}"] },
        { "data: {\"a\":1}\n\n<html>\n<title>x</title>", ["{\"a\":1}", "text: <html><title>x</title>"] },
        { "data: {\"a\":1}\n\nworker died\n\ndata: [DONE]\n\n", ["{\"a\":1}", "[DONE]", "text: worker died"] },
        { "data: {\"a\":1}\n\nINFO ok\ndata: {\"a\":2}\n\n", ["{\"a\":1}", "{\"a\":2}"] },
        { "data: {\"a\":1}\nworker died", ["{\"a\":1}", "text: worker died"] },
        { "data: {\"a\":1}\n\n[DONE]\n", ["{\"a\":1}", "[DONE]"] },
        { "data: {\"a\":1}\n\ndata: Internal Server Error\n\n", ["{\"a\":1}", "Internal Server Error"] },
        { "data: {\"a\":1}\n\ndata: error: CUDA out of memory", ["{\"a\":1}", "error: CUDA out of memory"] },
        { "data: {\"a\":1}\n\ndata: see the log\n\ndata: [DONE]\n\n", ["{\"a\":1}", "[DONE]", "text: see the log"] },
        { "data: warming up\n\ndata: {\"a\":1}\n\n", ["{\"a\":1}"] },
        { "data: {\"a\":1}\n\ndata: \"[done]\"\n\n", ["{\"a\":1}", "\"[done]\""] },
        { "data: {\"a\":1}\n\"worker died\"\n\n", ["{\"a\":1}", "text: \"worker died\""] },
        { "data: {'error': 'x'}\n\n", ["{'error': 'x'}"] },
        { "data: {'detail': None}\n\n", ["{'detail': None}"] },
        { "data: {\"a\":1}\n{\"error\":\"x\"}\n", ["{\"a\":1}", "{\"error\":\"x\"}"] },
        { "data: {\"a\":1}\r\n{\"error\":\"x\"}\r\n\r\n", ["{\"a\":1}", "{\"error\":\"x\"}"] },
        { "data: {\"a\":1}\nInternal Server Error\n\n", ["{\"a\":1}", "text: Internal Server Error"] },
        { "data: {\"a\":1}\nerror: boom\n\n", ["{\"a\":1}", "error: boom"] },
        { "data: {\"a\":1}\nevent: error\ndata: boom\n\n", ["{\"a\":1}", "error: boom"] },
        { "data: {\"a\":1}\n\nevent: error\n: boom\n\ndata: [DONE]\n\n", ["{\"a\":1}", "error: boom", "[DONE]"] },
        { "data: {\"a\":1}\n\n: x\n\n: boom\nevent: error\n: twice\n\n", ["{\"a\":1}", "error: boomtwice"] },
        { "event: error\r\n: boom", ["error: boom"] },
        { "data: {\"a\":1}\n\nevent: error\n\n", ["{\"a\":1}", "error: unspecified error"] },
        { "data: {\"a\":1}\n\n: x\nevent: error\ndata: boom\n\nevent: ping\n: x\n\n", ["{\"a\":1}", "error: boom"] },
        { "data: {\"message\":\"boom\"}\nevent: error\n\n", ["error: {\"message\":\"boom\"}"] },
        { "data: {\"a\":1}\ndata: {\"a\":2}\ndata: [DONE]\n", ["{\"a\":1}", "{\"a\":2}", "[DONE]"] },
        { "data: {\"a\":1}\ndata: server died\ndata: at line 1\n\n", ["{\"a\":1}", "server diedat line 1"] },
        { "data: {\"a\":{}\ndata: }\n\ndata: {\"a\":[{}\ndata: ,{}]}\n\n", ["{\"a\":{}}", "{\"a\":[{},{}]}"] },
        { "data: {\"a\":[\n{\"b\":\n1},\n-2\n]}\n\n", ["{\"a\":[{\"b\":1},-2]}"] },
        { "data: {\"a\":1}\n{\n\"error\": \"x\"\n}\n", ["{\"a\":1}", "{\"error\": \"x\"}"] },
        { "{\"a\":1}\n{'error': 'x'}\n", ["{\"a\":1}", "text: {'error': 'x'}"] },
        { "{\"a\":1}\n2026-11-28 10:00:00 ok\n[0] ok\n{\"a\":2}\n", ["{\"a\":1}", "{\"a\":2}"] },
        { "data: {\"a\":1}\n\ndat", ["{\"a\":1}"] },
        { ": ping\n\nworker died", ["text: worker died"] },
        { "{\"a\":1}\n{\n  \"a\": 2\n}\n{\"a\":3}\n", ["{\"a\":1}", "{  \"a\": 2}", "{\"a\":3}"] },
        { "{\"a\":1}\n<html>\n{\"a\":2}\n", ["{\"a\":1}", "<html>{\"a\":2}"] },
        { "[rank0] died\nworker died", ["[rank0] diedworker died"] },
        { "{\"a\":1}\nping\n{\"a\":2}\n", ["{\"a\":1}", "ping", "{\"a\":2}"] },
        { "{\"a\":1}\n\ndata: {\"a\":2}\n\n: x\n\ndata: [DONE]\n\n", ["{\"a\":1}", "{\"a\":2}", "[DONE]"] },
        { "{\"a\":1}\r\n\r\nevent: error\r\ndata: {\"b\":2}\r\n\r\n", ["{\"a\":1}", "error: {\"b\":2}"] },
        { "{\"a\":1}\revent: error\rdata: {\"b\":2}\r\r", ["{\"a\":1}", "error: {\"b\":2}"] },
        { "{\"a\":1}\nid: 1\r\nevent: error\r\ndata: boom\r\n\r\n", ["{\"a\":1}", "error: boom"] },
        { "{\"a\":1}\n: x\r\nretry: 1\r\nevent: error\ndata: boom\n\n", ["{\"a\":1}", "error: boom"] },
        { "{\"a\":1}\r\ndata: {\r\ndata: }\r\n\r\n", ["{\"a\":1}", "{}"] },
        { "{\"a\":1}\n\ndata: {\"a\":2}", ["{\"a\":1}", "{\"a\":2}"] },
        { "{\"a\":1}\nerror: boom", ["{\"a\":1}", "error: boom"] },
        { " \r\n\t {\"a\":1}\r\ndata: {\"a\":2}\r\n\r\n", ["{\"a\":1}", "{\"a\":2}"] },
        { "\uFEFF{\"a\":1}\n\nevent: error\r\ndata: boom\r\n\r\n", ["{\"a\":1}", "error: boom"] },
        { "\uFEFF: x\r\nevent: error\r\ndata: boom\r\n\r\n", ["error: boom"] },
        { "id: 1\r\nevent: error\r\ndata: boom\r\n\r\n", ["error: boom"] },
        { "\uFEFFdata: {\"a\":1}\n\n", ["{\"a\":1}"] },
        { " \r\n\t\n\ndata: {\"a\":1}\n\n", ["{\"a\":1}"] },
        { "{\"a\":1}\n{\"a\":2}\n", ["{\"a\":1}", "{\"a\":2}"] },
        { "{\"a\":1}\r\n\r\n{\"a\":2}", ["{\"a\":1}", "{\"a\":2}"] },
        { "\uFEFF{\"a\":1}\n{\"a\":2}\n", ["{\"a\":1}", "{\"a\":2}"] },
        { "\n\r\n{\"a\":1}\n", ["{\"a\":1}"] },
        { "{\"a\":1}", ["{\"a\":1}"] },
        { "[{\"generated_text\":\"x\"}]", ["[{\"generated_text\":\"x\"}]"] },
        { Pretty, [Pretty] },
        { Pretty + "\n", [Pretty + "\n"] },
        { "\uFEFF" + Pretty, [Pretty] },
        { "\n\n" + Pretty, [Pretty] },
        { Pretty.Replace("\n", "\r\n", StringComparison.Ordinal), [Pretty.Replace("\n", "\r\n", StringComparison.Ordinal)] },
        { "[\n {\"generated_text\":\"x\"}\n]\n", ["[\n {\"generated_text\":\"x\"}\n]\n"] },
        { "{\"a\":}\n{\"a\":1}\n", ["{\"a\":}", "{\"a\":1}"] },
        { "{\"a\":1}\n{\n", ["{\"a\":1}", "{"] },
        { "Internal Server Error", ["text: Internal Server Error"] },
        { "\uFEFF \n", [] },
        { "", [] },
    };

    [Theory]
    [MemberData(nameof(Detected))]
    public void TryRead_AutoInAnyCut_GivesTheRecords(string stream, string[] expected)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            Assert.Equal(expected.Select(WithoutSpace), Read(RecordFraming.Auto, pieces).Select(WithoutSpace));
        }
    }

    [Theory]
    [InlineData("data: {\"a\":1}\n\n", 15)]
    [InlineData("data: {\"a\":1}\r\n\r\n", 16, 17)] // The block is over at its second CR.
    [InlineData("{\"a\":1}\n", 8)]
    public void IsMidRecord_AfterEachByte_IsTrueUntilTheRecordIsWhole(string stream, params int[] whole)
    {
        using var reader = new RecordReader(RecordFraming.Auto);
        var lengths = new List<int>();
        for (var i = 0; i < stream.Length; i++)
        {
            ReadOnlySpan<byte> piece = [(byte)stream[i]];
            while (reader.TryRead(ref piece, out _))
            {
            }

            if (!reader.IsMidRecord)
            {
                lengths.Add(i + 1);
            }
        }

        Assert.Equal(whole, lengths);
    }

    [Theory]
    [InlineData(nameof(RecordFraming.Sse), "{\"a\":1}\ndata: {\"a\":2}\n\n", "{\"a\":1}|{\"a\":2}")]
    [InlineData(nameof(RecordFraming.Sse), "", "")]
    [InlineData(nameof(RecordFraming.JsonLines), "{}\n\"data:\"\n1", "{}|text: \"data:\"\n1\n")]
    [InlineData(nameof(RecordFraming.JsonLines), "\uFEFF{\"a\":1}", "{\"a\":1}")]
    [InlineData(nameof(RecordFraming.JsonLines), "{\"a\":1}\nINFO: 200 OK\n{\"a\":2}\n", "{\"a\":1}|{\"a\":2}")]
    [InlineData(nameof(RecordFraming.JsonLines), "", "")]
    [InlineData(nameof(RecordFraming.JsonLines), " \n", "")]
    [InlineData(nameof(RecordFraming.Json), "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}")]
    [InlineData(nameof(RecordFraming.Json), "\uFEFF{\"a\":1}", "{\"a\":1}")]
    [InlineData(nameof(RecordFraming.Json), "\n \n{\"a\":1}\n ", "{\"a\":1}")]
    [InlineData(nameof(RecordFraming.Json), "\uFEFF\n", "")]
    [InlineData(nameof(RecordFraming.Json), "", "")]
    public void TryRead_FixedFramingInAnyCut_GivesTheRecords(string framing, string stream, string expected)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            Assert.Equal(expected, string.Join('|', Read(Enum.Parse<RecordFraming>(framing), pieces)));
        }
    }

    [Theory]
    [MemberData(nameof(Transcript.All), MemberType = typeof(Transcript))]
    public void TryRead_TranscriptsInAnyCut_GiveEveryRecordWhole(string name)
    {
        var (isSse, text) = (name.EndsWith(".sse", StringComparison.Ordinal), Encoding.UTF8.GetString(Transcript.Read(name)));
        var expected = text.Replace("\r", "", StringComparison.Ordinal).Split('\n')
            .Where(line => isSse ? line.StartsWith("data:", StringComparison.Ordinal) : line.Length > 0)
            .Select(line => isSse ? line[5..].TrimStart(' ') : line).ToArray();

        Assert.All(expected.Where(record => record != "[DONE]"), record => JsonDocument.Parse(record).Dispose());
        foreach (var framing in new[] { RecordFraming.Auto, isSse ? RecordFraming.Sse : RecordFraming.JsonLines })
        {
            foreach (var pieces in Cuts.Of(Transcript.Read(name)))
            {
                Assert.Equal(expected, Read(framing, pieces));
            }
        }
    }

    [Theory]
    [InlineData("{\"a\":1}\n")]
    [InlineData("data: {\"a\":1}\n\n")]
    public void TryRead_RecordThatIsWhole_DoesNotWaitForWhatFollows(string stream)
    {
        using var reader = new RecordReader(RecordFraming.Auto);
        ReadOnlySpan<byte> payload = Encoding.UTF8.GetBytes(stream);

        Assert.True(reader.TryRead(ref payload, out var record));
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(record.Data));
    }

    [Theory]
    [InlineData(nameof(RecordFraming.Sse), "data: ", SseReassembler.DefaultLengthCap)]
    [InlineData(nameof(RecordFraming.JsonLines), "{", RecordReader.MaximumDocumentLength)]
    [InlineData(nameof(RecordFraming.Json), "{", RecordReader.MaximumDocumentLength)]
    [InlineData(nameof(RecordFraming.Auto), "data: ", SseReassembler.DefaultLengthCap)]
    [InlineData(nameof(RecordFraming.Auto), "{\n", RecordReader.MaximumDocumentLength)]
    public void TryRead_AboveTheCap_Fails(string framing, string start, int cap)
    {
        using var reader = new RecordReader(Enum.Parse<RecordFraming>(framing));
        var piece = new byte[64 * 1024];
        piece.AsSpan().Fill((byte)' ');

        ReadAll(reader, Encoding.UTF8.GetBytes(start));
        for (var i = 0; i < (cap / piece.Length) - 1; i++)
        {
            ReadAll(reader, piece);
        }

        Assert.Throws<SseLimitException>(() =>
        {
            ReadAll(reader, piece);
            ReadAll(reader, piece);
        });
    }

    private static void ReadAll(RecordReader reader, ReadOnlySpan<byte> payload)
    {
        while (reader.TryRead(ref payload, out _))
        {
        }
    }

    private static List<string> Read(RecordFraming framing, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var records = new List<string>();
        using var reader = new RecordReader(framing);
        foreach (var piece in pieces)
        {
            var payload = piece.Span;
            while (reader.TryRead(ref payload, out var record))
            {
                records.Add(TextOf(record));
            }

            Assert.True(payload.IsEmpty);
        }

        while (reader.TryReadUnfinished(out var unfinished))
        {
            records.Add(TextOf(unfinished));
        }

        if (reader.Text.Length > 0)
        {
            records.Add($"text: {Encoding.UTF8.GetString(reader.Text)}");
        }

        return records;
    }

    private static string TextOf(in ServerRecord record) =>
        (record.Kind == RecordKind.Error ? "error: " : "") + Encoding.UTF8.GetString(record.Data);

    // Of a text over many lines the white space between its tokens may change.
    private static string WithoutSpace(string record) =>
        record.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
}
