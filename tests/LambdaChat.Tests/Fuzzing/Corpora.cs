using LambdaChat.Models;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>What the targets begin with: the transcripts, whole and record by record.</summary>
internal static class Corpora
{
    public static byte[][] Transcripts { get; } = [.. Transcript.All.Select(name => Transcript.Read((string)name.Data))];

    public static byte[][] Records { get; } = [.. Transcripts.SelectMany(ReadRecords)];

    private static List<byte[]> ReadRecords(byte[] transcript)
    {
        using var reader = new RecordReader(RecordFraming.Auto);
        var records = new List<byte[]>();
        ReadOnlySpan<byte> payload = transcript;
        while (reader.TryRead(ref payload, out var record))
        {
            records.Add(record.Data.ToArray());
        }

        return records;
    }
}
