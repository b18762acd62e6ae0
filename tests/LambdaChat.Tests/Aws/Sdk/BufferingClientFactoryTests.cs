using Amazon.DynamoDBv2;
using LambdaChat.Aws.Sdk;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Aws.Sdk;

/// <summary>The HTTP client of the AWS SDK gives a response only when it has arrived completely.</summary>
public sealed class BufferingClientFactoryTests
{
    private const int Cap = 16 * 1024 * 1024;

    [Theory]
    [InlineData(3, "abc", true)]
    [InlineData(4, "abc", false)]
    [InlineData(Cap + 1, "abc", false)]
    public async Task Response_CutOrAboveTheCap_IsNotGiven(int length, string body, bool isGiven)
    {
        using var server = new Loopback(_ => $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        using var client = new BufferingClientFactory().CreateHttpClient(new AmazonDynamoDBConfig { Timeout = TimeSpan.FromSeconds(30) });
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);

        var error = await Record.ExceptionAsync(async () =>
        {
            // As the SDK, which reads the body itself.
            using var response = await client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        });

        Assert.Equal(isGiven, error is null);
        Assert.True(isGiven || error is HttpRequestException or IOException, error?.ToString());
        Assert.Equal(TimeSpan.FromSeconds(30), client.Timeout);
    }
}
