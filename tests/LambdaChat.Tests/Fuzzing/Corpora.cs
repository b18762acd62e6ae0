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

        if (reader.TryReadUnfinished(out var last))
        {
            records.Add(last.Data.ToArray());
        }

        return records;
    }
}
