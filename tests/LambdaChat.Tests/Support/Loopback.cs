using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LambdaChat.Tests.Support;

/// <summary>A web server on a loopback port that answers each request by its head, one connection each.</summary>
internal sealed class Loopback : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string> _answer;

    /// <param name="answer">Takes the request's head and body, gives status line, headers and body.</param>
    public Loopback(Func<string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public static string Json(string body, int status = 200) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: " +
            $"close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            var buffer = new byte[16 * 1024];
            var length = 0;
            do
            {
                var read = await client.GetStream().ReadAsync(buffer.AsMemory(length));
                if (read == 0)
                {
                    return; // A connection that the client did not use.
                }

                length += read;
            }
            while (!Encoding.UTF8.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal));
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(_answer(Encoding.UTF8.GetString(buffer, 0, length))));
        }
    }
}
