using LambdaChat.Models;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>The seeds of the targets: transcripts, reports and recordings, whole and record by record, and refusals.</summary>
internal static class Corpora
{
    public static byte[][] Transcripts { get; } =
    [
        .. Transcript.All.Select(name => Transcript.Read((string)name.Data)),
        .. RecordingData.Replies.Select(row => new Recording(row.Data).Bytes),
    ];

    public static byte[][] Records { get; } = [.. Transcripts.SelectMany(ReadRecords)];

    /// <summary>Text that servers write between records.</summary>
    public static byte[][] OtherLines { get; } =
    [
        "{\n  \"error\": {\n    \"message\": \"a } \\\" b\",\n    \"code\": 503\n  }\n}"u8.ToArray(),
        "<html>\n<head><title>502 Bad Gateway</title></head>\n</html>"u8.ToArray(),
        "Traceback (most recent call last):\n  File \"a.py\", line 1\nRuntimeError: CUDA error"u8.ToArray(),
        "[rank0] worker died"u8.ToArray(),
        ": ping\n\nevent: error\ndata: {\n  \"detail\": \"busy\"\n}"u8.ToArray(),
        "error: worker died"u8.ToArray(),
        "data: Internal Server Error"u8.ToArray(),
        "data: {'error': {'message': \"it's full\", 'code': None}}"u8.ToArray(),
        "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\ndata: {\"choices\":[]}"u8.ToArray(),
        "data: [DONE]"u8.ToArray(),
    ];

    public static byte[][] Errors { get; } = [.. RecordingData.Refusals.Select(row => new Recording(row.Data.Item1).Bytes)];

    private static List<byte[]> ReadRecords(byte[] transcript)
    {
        using var reader = new RecordReader(RecordFraming.Auto);
        var records = new List<byte[]>();
        ReadOnlySpan<byte> payload = transcript;
        while (reader.TryRead(ref payload, out var record))
        {
            records.Add(record.Data.ToArray());
        }

        while (reader.TryReadUnfinished(out var last))
        {
            records.Add(last.Data.ToArray());
        }

        return records;
    }
}
