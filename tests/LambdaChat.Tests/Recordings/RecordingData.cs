namespace LambdaChat.Tests.Recordings;

/// <summary>The recordings and reports as data of tests.</summary>
public static class RecordingData
{
    /// <summary>Replies with status 200, as paths.</summary>
    public static TheoryData<string> Replies { get; } = [.. Recording.Paths.Where(Recording.IsReply)];

    /// <summary>
    /// Replies whose bytes are cut at every offset. A cut inside a JSON document of one line changes nothing but the moment.
    /// </summary>
    public static TheoryData<string> ShortReplies { get; } =
        [.. Recording.Paths.Where(
            path => Recording.IsReply(path)
                && new Recording(path).Bytes.Length
                    <= (path.EndsWith(".json", StringComparison.Ordinal) ? Recording.FramedLength : 4096))];

    /// <summary>Refusals, as paths with the HTTP status.</summary>
    public static TheoryData<string, int> Refusals { get; } =
        new(Recording.Paths.Where(Recording.IsRefusal).Select(path => (path, new Recording(path).Status!.Value)));
}
