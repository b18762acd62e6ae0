using LambdaChat.ReplyStore;

namespace LambdaChat.Tests.ReplyStore;

public sealed class CompressionTests
{
    private static readonly byte[] Request = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * i % 251))];

    [Fact]
    public void Decompress_UpToTheMaximum_IsTheRequest() =>
        Assert.Equal(Request, Compression.Decompress(Compression.Compress(Request), Request.Length));

    [Fact]
    public void Decompress_AboveTheMaximum_Throws() =>
        Assert.Throws<ReplyStoreException>(() => Compression.Decompress(Compression.Compress(Request), Request.Length - 1));

    [Fact]
    public void Decompress_OtherBytes_Throws() =>
        Assert.Throws<ReplyStoreException>(() => Compression.Decompress([0xFF, .. Compression.Compress(Request)], Request.Length));
}
