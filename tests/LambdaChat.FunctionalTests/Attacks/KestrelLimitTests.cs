using System.Net.Sockets;
using System.Text;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>The limits of the web server, which apply before the application sees a request.</summary>
public sealed class KestrelLimitTests(FunctionFixture function)
{
    [Fact]
    public async Task Connections_AboveTheLimit_AreClosedAndOthersAreServed()
    {
        var variables = new Dictionary<string, string>(FunctionFixture.Variables(function.Emulator.Address)) { ["MAX_CONNECTIONS"] = "2" };
        await using var server = await KestrelFunction.StartAsync(function.Emulator.Address, variables);
        using var first = await ConnectAsync(server.Url);
        using var second = await ConnectAsync(server.Url);

        using var third = await ConnectAsync(server.Url);
        Assert.Equal(0, await third.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));

        await first.SendAsync("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(),
            TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(first);
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Headers_AboveTheLimits_Are431()
    {
        var many = string.Concat(Enumerable.Range(0, 64).Select(i => $"X-{i}: 1\r\n"));
        var long16K = string.Concat(Enumerable.Range(0, 17).Select(i => $"X-{i}: {new string('a', 1000)}\r\n"));

        foreach (var headers in new[] { many, long16K })
        {
            var request = Encoding.ASCII.GetBytes($"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
            Assert.Equal(431, (await RawHttp.SendAsync(function.Kestrel.Url, request)).Status);
        }
    }

    private static async Task<Socket> ConnectAsync(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        return socket;
    }
}
