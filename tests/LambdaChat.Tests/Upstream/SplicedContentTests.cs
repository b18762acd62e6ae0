using System.Security.Cryptography;
using System.Text;
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

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
