using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LambdaChat.Streaming.EventStream;

namespace LambdaChat.Rehearsal;

/// <summary>
/// A model endpoint on a loopback port: each call gets the stream of one short reply, in the frames of SageMaker. It blocks one thread, as
/// <see cref="RehearsalRuntimeApi"/> does.
/// </summary>
internal sealed class RehearsalModelServer : IDisposable
{
    // The recorded form of vLLM: a role, thinking, text, a finish reason and the usage.
    private static readonly string[] Chunks =
    [
        Chunk("""{"role":"assistant","content":""}"""), Chunk("""{"reasoning":"a"}"""), Chunk("""{"reasoning":"b"}"""),
        Chunk("""{"reasoning":"c"}"""), Chunk("""{"content":"a"}"""), Chunk("""{"content":"b"}"""), Chunk("""{"content":"c"}"""),
        Chunk("""{"content":""}""", "\"stop\""),
        Record("""[],"usage":{"prompt_tokens":1,"total_tokens":7,"completion_tokens":6}"""),
        "[DONE]",
    ];

    private const int CallsOfRound = 4; // One for each request of the script that is not an error.
    private const int FrameAfterPause = 5;

    // The function suspends its read in each pause, and in the long one it also writes a flush comment. Only the first reply has a pause
    // before each frame, because a repeated rehearsal would take too long otherwise.
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Pause = 2 * RehearsalServer.FlushCommentDelay;

    private static readonly byte[] Head = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nTransfer-Encoding: chunked\r\n\r\n");
    private static readonly byte[] End = "0\r\n\r\n"u8.ToArray();

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[][] _frames = [.. Chunks.Select(Frame)];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private volatile bool _isLast;

    public RehearsalModelServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public Uri Address { get; }

    /// <summary>Accepts no further connection when the present one ends.</summary>
    public void Stop() => _isLast = true;

    public void Dispose() => _listener.Dispose();

    private void Serve()
    {
        try
        {
            while (!_isLast)
            {
                using var connection = _listener.Accept();
                connection.NoDelay = true;
                Serve(connection);
            }
        }
        catch (Exception) // The rehearsal has been abandoned, or will be: nothing depends on it.
        {
        }
    }

    private void Serve(Socket connection)
    {
        try
        {
            for (var calls = 0; Receive(connection); calls++)
            {
                Send(connection, isSlow: calls == 0, hasPause: calls % CallsOfRound == 0);
            }
        }
        catch (SocketException) // The function does not wait for a late end of a response. It opens another connection.
        {
        }
    }

    /// <summary>Receives a whole request. False if the client has closed the connection.</summary>
    private bool Receive(Socket connection)
    {
        var (length, whole) = (0, int.MaxValue);
        while (length < whole)
        {
            var count = connection.Receive(_buffer.AsSpan(length));
            if (count == 0)
            {
                return false;
            }

            length += count;
            whole = Length(_buffer.AsSpan(0, length));
        }

        return true;
    }

    /// <summary>The length of a request with its body; the maximum while its head is incomplete.</summary>
    private static int Length(ReadOnlySpan<byte> request)
    {
        var end = request.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return int.MaxValue;
        }

        var name = "\r\nContent-Length: "u8;
        var value = request[(request[..end].IndexOf(name) + name.Length)..];
        return end + 4 + int.Parse(value[..value.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }

    private void Send(Socket connection, bool isSlow, bool hasPause)
    {
        connection.Send(Head);
        for (var i = 0; i < _frames.Length; i++)
        {
            Send(connection, _frames[i], hasPause && i == FrameAfterPause ? Pause : isSlow ? ShortPause : TimeSpan.Zero);
        }

        Send(connection, End, hasPause ? ShortPause : TimeSpan.Zero);
    }

    private static void Send(Socket connection, byte[] bytes, TimeSpan pause)
    {
        Thread.Sleep(pause);
        connection.Send(bytes);
    }

    /// <summary>One frame as a chunk of the response's body.</summary>
    private static byte[] Frame(string chunk)
    {
        var frame = new ArrayBufferWriter<byte>(1024);
        EventStreamEncoder.WriteEvent(frame, "PayloadPart", "application/octet-stream", Encoding.UTF8.GetBytes($"data: {chunk}\n\n"));
        return [.. Encoding.ASCII.GetBytes($"{frame.WrittenCount:x}\r\n"), .. frame.WrittenSpan, .. "\r\n"u8];
    }

    private static string Chunk(string delta, string finishReason = "null") =>
        Record($$"""[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finishReason}}}]""");

    private static string Record(string choices) =>
        $$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":{{choices}}}""";
}
