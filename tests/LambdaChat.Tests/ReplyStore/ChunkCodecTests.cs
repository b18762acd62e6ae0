using System.Text;
using LambdaChat.ReplyStore;
using LambdaChat.Streaming;

namespace LambdaChat.Tests.ReplyStore;

public sealed class ChunkCodecTests
{
    private static readonly string[] Chunks =
    [
        """{"id":"c","delta":{"content":"a"}}""", """{"id":"c","delta":{"content":"aa"}}""", """{"id":"c","delta":{"content":"aa"}}""",
        "", "", new string('x', 300), new string('x', 301), """{"id":"c","delta":{"content":"你"}}""",
    ];

    [Fact]
    public void Chunks_OfPartsCutAnywhere_AreThoseThatWereWritten()
    {
        var bytes = Encode(Chunks);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Chunks, Decode(bytes[..cut], bytes[cut..]));
        }

        Assert.Equal(Chunks, Decode([.. bytes.Select(value => new[] { value })]));
    }

    [Fact]
    public void Chunks_OfAnyForm_AreThoseThatWereWritten()
    {
        var random = new Random(1);
        var forms = new[] { "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"?\"}}]}", "{\"index\":1,\"t\":\"?\"}", "?", "" };
        var chunks = Enumerable.Range(0, 2000).Select(_ => forms[random.Next(forms.Length)].Replace(
            "?", new string([.. random.GetItems("ab \"\\".AsSpan(), random.Next(12))]), StringComparison.Ordinal)).ToArray();

        Assert.Equal(chunks, Decode(Encode(chunks)));
    }

    [Fact]
    public void Chunks_OfOneToken_TakeFewBytes()
    {
        var chunks = Enumerable.Range(0, 100)
            .Select(i => $$"""{"id":"chatcmpl-1","choices":[{"delta":{"content":" word{{i}}"} }]}""").ToArray();

        Assert.InRange(Encode(chunks).Length, 100, 500);
    }

    [Theory]
    [InlineData(new byte[] { 1, 1, 0 })]
    [InlineData(new byte[] { 1, 0, 1 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0 })]
    public void Part_ThatIsDamaged_IsAnError(byte[] part) => Assert.Throws<ReplyStoreException>(() => Decode(part));

    private static byte[] Encode(string[] chunks)
    {
        var (encoder, buffer) = (new ChunkEncoder(), new ByteBuffer(16));
        Array.ForEach(chunks, chunk => encoder.Write(Encoding.UTF8.GetBytes(chunk), buffer));
        return buffer.Span.ToArray();
    }

    private static List<string> Decode(params byte[][] parts)
    {
        var (decoder, chunks) = (new ChunkDecoder(), new List<string>());
        foreach (var part in parts)
        {
            decoder.Add(part);
            while (decoder.TryRead())
            {
                chunks.Add(Encoding.UTF8.GetString(decoder.Chunk));
            }
        }

        return chunks;
    }
}
