namespace LambdaChat.Tests.Support;

/// <summary>The recorded shapes of model servers under <c>tests/Transcripts</c>.</summary>
internal static class Transcript
{
    private const string Prefix = "Transcripts/";

    public static TheoryData<string> EventStreams { get; } = [.. Names.Where(name => name.EndsWith(".sse", StringComparison.Ordinal))];

    public static TheoryData<string> All { get; } = [.. Names];

    private static IEnumerable<string> Names =>
        typeof(Transcript).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..]);

    public static byte[] Read(string name)
    {
        using var stream = typeof(Transcript).Assembly.GetManifestResourceStream(Prefix + name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
