using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LambdaChat.Lambda.RuntimeApi;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Lambda.RuntimeApi;

public sealed class RuntimeApiConnectionTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly RuntimeApiConnection _connection;

    public RuntimeApiConnectionTests()
    {
        _listener.Start();
        _connection = new RuntimeApiConnection(_listener.LocalEndpoint);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _connection.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task Receive_SeveralResponses_KeepsTheConnection()
    {
        using var server = await ConnectAsync();

        foreach (var body in (string[])["one", "two"])
        {
            await server.SendAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{body}"));
            Assert.Equal(body, System.Text.Encoding.ASCII.GetString((await _connection.ReceiveAsync(Cancellation)).Body.Span));
            _connection.Connect();
        }

        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task Receive_AfterALargeResponse_ReleasesItsMemory()
    {
        using var server = await ConnectAsync();
        var large = await ReceiveAsync(server, 4 * 1024 * 1024);

        await ReceiveAsync(server, 1);

        await ReleasedMemory.AssertAsync(large);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n")]
    public async Task Receive_ConnectionClose_ClosesTheConnection(string response)
    {
        using var server = await ConnectAsync();
        await server.SendAsync(System.Text.Encoding.ASCII.GetBytes(response));

        await _connection.ReceiveAsync(Cancellation);

        await Assert.ThrowsAsync<IOException>(async () => await _connection.SendAsync("x"u8.ToArray(), Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public async Task Receive_TruncatedOrInvalidResponse_ThrowsAndCloses(string response)
    {
        using var server = await ConnectAsync();
        await server.SendAsync(System.Text.Encoding.ASCII.GetBytes(response));
        server.Shutdown(SocketShutdown.Send);

        await Assert.ThrowsAsync<IOException>(async () => await _connection.ReceiveAsync(Cancellation));

        await Assert.ThrowsAsync<IOException>(async () => await _connection.SendAsync("x"u8.ToArray(), Cancellation));
        using var second = await ConnectAsync();
        await _connection.SendAsync("x"u8.ToArray(), Cancellation);
        Assert.Equal(1, await second.ReceiveAsync(new byte[8], Cancellation));
    }

    [Fact]
    public async Task Receive_EndlessHead_IsRefused()
    {
        using var server = await ConnectAsync();
        var receiving = _connection.ReceiveAsync(Cancellation).AsTask();

        await server.SendAsync(new byte[80 * 1024]);

        await Assert.ThrowsAsync<IOException>(() => receiving);
    }

    [Fact]
    public async Task Receive_ResponseAboveTheCap_IsRefused()
    {
        using var server = await ConnectAsync();
        var receiving = _connection.ReceiveAsync(Cancellation).AsTask();
        var chunk = new byte[1024 * 1024];
        byte[] framed = [.. "100000\r\n"u8, .. chunk, .. "\r\n"u8];

        await server.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
        for (var i = 0; i < 11; i++)
        {
            await server.SendAsync(framed);
        }

        Assert.False(receiving.IsCompleted);
        await server.SendAsync(framed);

        await Assert.ThrowsAsync<IOException>(() => receiving);
    }

    [Fact]
    public async Task Close_WhileReceiving_IsAnIOException()
    {
        using var server = await ConnectAsync();
        var receiving = _connection.ReceiveAsync(Cancellation).AsTask();

        _connection.Close();

        await Assert.ThrowsAsync<IOException>(() => receiving);
    }

    [Fact]
    public async Task GiveUp_IsForGood()
    {
        using var server = await ConnectAsync();
        var receiving = _connection.ReceiveAsync(Cancellation).AsTask();

        _connection.GiveUp();

        await Assert.ThrowsAsync<IOException>(() => receiving);
        Assert.Throws<IOException>(_connection.Connect);
        await Assert.ThrowsAsync<IOException>(async () => await _connection.SendAsync("x"u8.ToArray(), Cancellation));
        Assert.False(_listener.Pending());
    }

    // The reader of the acknowledgement closes the connection while another thread sends. Some of the closes meet the send call.
    [Fact]
    public async Task Close_WhileSending_IsAnIOException()
    {
        for (var i = 0; i < 2000; i++)
        {
            using var server = await ConnectAsync();
            var isReady = false;
            var closing = Task.Run(
                () =>
                {
                    Volatile.Write(ref isReady, true);
                    _connection.Close();
                },
                Cancellation);
            SpinWait.SpinUntil(() => Volatile.Read(ref isReady));

            var error = await Record.ExceptionAsync(async () => await _connection.SendAsync("token"u8.ToArray(), Cancellation));

            await closing;
            Assert.True(error is null or IOException or SocketException, error?.ToString());
        }
    }

    [Fact]
    public async Task Send_MoreThanTheSendBuffer_WaitsForTheReader()
    {
        using var server = await ConnectAsync();
        var bytes = new byte[16 * 1024 * 1024];
        Random.Shared.NextBytes(bytes);

        var sending = _connection.SendAsync(bytes, Cancellation);
        Assert.False(sending.IsCompleted);
        var received = new byte[bytes.Length];
        for (var length = 0; length < received.Length;)
        {
            length += await server.ReceiveAsync(received.AsMemory(length), Cancellation);
        }

        await sending;
        Assert.True(bytes.AsSpan().SequenceEqual(received));
    }

    private async Task<Socket> ConnectAsync()
    {
        _connection.Connect();
        return await _listener.AcceptSocketAsync(Cancellation);
    }

    private async Task<WeakReference> ReceiveAsync(Socket server, int length)
    {
        var head = System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        var sending = server.SendAsync((byte[])[.. head, .. new byte[length]]);
        var response = await _connection.ReceiveAsync(Cancellation);
        await sending;
        Assert.True(MemoryMarshal.TryGetArray(response.Body, out var bytes));
        return new WeakReference(bytes.Array);
    }
}
