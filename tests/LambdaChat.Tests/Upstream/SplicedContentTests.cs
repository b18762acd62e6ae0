using System.Security.Cryptography;
using System.Text;
using LambdaChat.Models;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Upstream;

public sealed class SplicedContentTests
{
    [Fact]
    public void ComputeHash_ContentsOneAfterAnotherAndAtOnce_IsThatOfThePieces()
    {
        using var empty = new SplicedContent([]);
        Assert.Equal(HashOf(""), empty.ComputeHash());

        Parallel.For(0, 100, i =>
        {
            using var content = new SplicedContent([Encoding.UTF8.GetBytes($"{i}"), "{}"u8.ToArray(), Encoding.UTF8.GetBytes($"{i}")]);
            Assert.Equal(HashOf($"{i}{{}}{i}"), content.ComputeHash());
            Assert.Equal(HashOf($"{i}{{}}{i}"), content.ComputeHash());
        });
    }

    [Fact]
    public async Task Copy_ConnectionIsLost_ReturnsItsBuffer()
    {
        using var content = new SplicedContent([]) { BodyHint = new RoutingHint(1, 2) };
        using var pool = new PoolUse();
        var closed = new MemoryStream();
        await closed.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => content.CopyToAsync(closed, TestContext.Current.CancellationToken));

        Assert.Equal((0, 0), (pool.Rented, pool.Unknown));
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
