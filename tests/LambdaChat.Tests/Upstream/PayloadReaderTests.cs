using LambdaChat.Failures;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Upstream;

/// <summary>Bodies over HTTP whose framing is damaged, or beyond what the client reads of it.</summary>
public sealed class PayloadReaderTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    public static TheoryData<string, bool> Bodies { get; } = new()
    {
        { $"5;{new string('a', 100_000)}", true }, // The extension of a chunk.
        { $"5;{new string('a', 100_000)}", false },
        { $"0\r\nx: {new string('a', 100_000)}\r\n\r\n", true }, // A trailer.
        { $"0\r\nx: {new string('a', 100_000)}\r\n\r\n", false },
        { "fffffffffffffffff\r\n", true },
        { "-5\r\nhello\r\n", false },
        { "5\r\nhel", false },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_Damaged_IsALostConnection(string body, bool isFramed)
    {
        using var server = new Loopback(_ => Head + body);
        using var client = new HttpClient();
        using var response = await client.GetAsync(
            server.Address, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using IPayloadReader reader = isFramed ? new EventStreamPayloadReader(stream) : new RawPayloadReader(stream);

        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            reader.TryRead(out _);
        }

        Assert.Equal(FailureKind.ConnectionLost, reader.Failure?.Kind);
    }
}
