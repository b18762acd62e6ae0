using System.Net.Sockets;
using System.Text;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>Sends a handwritten request on a new connection and reads the response.</summary>
internal static class RawHttp
{
    /// <summary>Sends a request with <c>Connection: close</c> and reads to the end.</summary>
    public static async Task<RawAnswer> SendAsync(Uri server, byte[] request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(request, TestContext.Current.CancellationToken);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException) when (answer.Length > 0)
        {
            // The server has answered before it read the whole request, so that its system resets the connection.
        }

        return RawAnswer.Parse(Encoding.Latin1.GetString(answer.ToArray()));
    }

    /// <summary>Sends the beginning of a request and closes the connection.</summary>
    public static async Task SendCutAsync(Uri server, byte[] beginning)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync(beginning, TestContext.Current.CancellationToken);
    }

    /// <summary>Creates a POST request. Each of the <paramref name="headers"/> ends with CRLF.</summary>
    public static byte[] Post(string path, string headers, byte[] body) =>
        [.. Encoding.Latin1.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {body.Length}\r\n\r\n"), .. body];
}
