using System.Buffers;
using LambdaChat.Streaming.EventStream;

namespace LambdaChat.Benchmarks.Parsers;

/// <summary>
/// The response of a SageMaker endpoint: 258-byte events of vLLM in frames of 913 bytes, which start and end anywhere in an event. Reads
/// from the socket start and end anywhere in a frame.
/// </summary>
internal static class Wire
{
    /// <summary>Few enough to stay in a core's second-level cache, as bytes fresh from a socket are.</summary>
    public const int Events = 1024;

    private const int EventLength = 258;
    private const int PayloadLength = 808; // + 16 bytes of framing + 89 of headers = 913

    /// <summary>The SSE bytes, cut as reads of a plain socket would cut them.</summary>
    public static ReadOnlyMemory<byte>[] SseReads { get; } = Cut(MakeEvents());

    /// <summary>The same bytes in frames, cut likewise.</summary>
    public static ReadOnlyMemory<byte>[] FrameReads { get; } = Cut(MakeFrames());

    /// <summary>One data line of that length in pieces of four bytes.</summary>
    public static ReadOnlyMemory<byte>[] Drip(int length)
    {
        byte[] line = [.. "data: "u8, .. Enumerable.Repeat((byte)'x', length), .. "\n\n"u8];
        return [.. line.Chunk(4).Select(piece => (ReadOnlyMemory<byte>)piece)];
    }

    private static byte[] MakeEvents()
    {
        var output = new byte[Events * EventLength];
        for (var i = 0; i < Events; i++)
        {
            var line = Event(i, "");
            line = Event(i, new string('y', EventLength - line.Length));
            System.Text.Encoding.ASCII.GetBytes(line).CopyTo(output, i * EventLength);
        }

        return output;
    }

    private static string Event(int i, string text) =>
        "data: " +
            "{\"id\":\"chatcmpl-9f86d081884c4d659a2feaa0c55ad015\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,\"model\":\"deepseek-r1\"," +
        $"\"choices\":[{{\"index\":0,\"delta\":{{\"reasoning\":\" " +
            $"tok{i % 1000}{text}\"}},\"logprobs\":null,\"finish_reason\":null,\"token_ids\":null}}]}}\n\n";

    private static byte[] MakeFrames()
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var payload in MakeEvents().Chunk(PayloadLength))
        {
            EventStreamEncoder.WriteEvent(output, "PayloadPart", "application/octet-stream", payload);
        }

        return output.WrittenSpan.ToArray();
    }

    private static ReadOnlyMemory<byte>[] Cut(byte[] bytes)
    {
        var random = new Random(20261122); // A fixed seed, so that every run has the same reads.
        var reads = new List<ReadOnlyMemory<byte>>();
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(random.Next(64, 4096), bytes.Length - start);
            reads.Add(bytes.AsSpan(start, length).ToArray()); // A separate array, because AWSSDK.Core's decoder misreads any offset but 0.
            start += length;
        }

        return [.. reads];
    }
}
