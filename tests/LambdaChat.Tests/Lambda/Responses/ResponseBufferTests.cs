using LambdaChat.Lambda.Responses;

namespace LambdaChat.Tests.Lambda.Responses;

public sealed class ResponseBufferTests
{
    [Theory]
    [InlineData(100_000, true)]
    [InlineData(100_001, false)]
    public void GetMemory_UpToTheCap_IsGiven(int length, bool isGiven)
    {
        using var buffer = new ResponseBuffer(100_000);

        var error = Record.Exception(() => _ = buffer.GetMemory(length));

        Assert.Equal(isGiven, error is null);
        Assert.True(isGiven || error is IOException, error?.ToString());
    }
}
