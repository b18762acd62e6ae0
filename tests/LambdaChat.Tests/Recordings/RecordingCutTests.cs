using System.Text;

namespace LambdaChat.Tests.Recordings;

/// <summary>Recordings whose bytes are cut anywhere give the same chunks, plain and in SageMaker's frames.</summary>
public sealed class RecordingCutTests
{
    private static readonly int[] PieceLengths = [1, 2, 3, 5, 7, 11, 13, 17, 64, 256];

    [Theory]
    [MemberData(nameof(RecordingData.ShortReplies), MemberType = typeof(RecordingData))]
    public void ShortReply_InTwoPieces_IsTheSame(string path)
    {
        var recording = new Recording(path);
        var cuts = Enumerable.Range(1, Math.Max(recording.Bytes.Length - 1, 0)).Select(cut => new[] { cut, int.MaxValue });
        AssertSame(recording, cuts, hasFrames: recording.Bytes.Length <= Recording.FramedLength);
    }

    [Theory]
    [MemberData(nameof(RecordingData.Replies), MemberType = typeof(RecordingData))]
    public void Reply_InSmallPieces_IsTheSame(string path) =>
        AssertSame(new Recording(path), PieceLengths.Select(length => Enumerable.Repeat(length, int.MaxValue)), hasFrames: true);

    private static void AssertSame(Recording recording, IEnumerable<IEnumerable<int>> cuts, bool hasFrames)
    {
        var (chunks, failure, _) = TranslatedReply.Run(recording);
        var bytes = chunks.Select(Encoding.UTF8.GetBytes).ToArray();
        foreach (var lengths in cuts)
        {
            foreach (var isFramed in (bool[])(hasFrames ? [false, true] : [false]))
            {
                var difference = TranslatedReply.Compare(recording, bytes, failure, lengths, isFramed);
                Assert.True(difference is null, $"Pieces of {string.Join(", ", lengths.Take(2))}, framed: {isFramed}: {difference}");
            }
        }
    }
}
