using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// One streamed reply over a bare socket. It reads no JSON: it looks for the times that the emulator writes into the tokens, so that a
/// thousand of them use little of the processor.
/// </summary>
internal sealed class ManyStream(Uri url, int tokens, int pace)
{
    private const int LongestLine = 8 * 1024;

    private readonly byte[] _buffer = new byte[LongestLine];
    private readonly List<(long Time, double Age)> _ages = new(tokens);
    private int _length;

    /// <summary>Time from the request to the first event, in ms.</summary>
    public double FirstByte { get; private set; }

    /// <summary>True if the reply has ended with <c>[DONE]</c>.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The number of tokens received.</summary>
    public int Tokens => _ages.Count;

    /// <summary>The ages in ms of the tokens that arrived after a time.</summary>
    public IEnumerable<double> AgesSince(long time) => from token in _ages where token.Time >= time select token.Age;

    public async Task RunAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, url.Port);
        var start = Stopwatch.GetTimestamp();
        await socket.SendAsync(Request());
        while (await socket.ReceiveAsync(_buffer.AsMemory(_length)) is var count and > 0)
        {
            var now = Stopwatch.GetTimestamp();
            _length += count;
            ReadLines(now);
            if (FirstByte == 0 && _ages.Count > 0)
            {
                FirstByte = Stopwatch.GetElapsedTime(start, now).TotalMilliseconds;
            }
        }
    }

    private byte[] Request()
    {
        var body = $$"""
            {"model":"r1","stream":true,"messages":[{"role":"user","content":"hi"}],
             "stand_in":{"tokens":{{tokens}},"stamp":true,"pace_ms":{{pace}}} }
            """;
        return Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Contestant.Key}\r\nConnection: close\r\n" +
            $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private void ReadLines(long now)
    {
        var rest = _buffer.AsSpan(0, _length);
        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            ReadLine(rest[..end], now);
            rest = rest[(end + 1)..];
        }

        rest.CopyTo(_buffer);
        _length = rest.Length;
    }

    private void ReadLine(ReadOnlySpan<byte> line, long now)
    {
        if (line.StartsWith("data: [DONE]"u8))
        {
            IsComplete = true;
        }
        else if (line.StartsWith("data: "u8) && line.IndexOf("\"content\":\""u8) is var found and >= 0
            && System.Buffers.Text.Utf8Parser.TryParse(line[(found + 11)..], out long written, out _))
        {
            _ages.Add((now, Stopwatch.GetElapsedTime(written, now).TotalMilliseconds));
        }
    }
}
