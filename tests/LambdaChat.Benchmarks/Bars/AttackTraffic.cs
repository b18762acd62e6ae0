using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The most expensive inputs that one caller and one model server can send.</summary>
internal static class AttackTraffic
{
    private const int BodyLength = 6_291_400;
    private const int Threads = 4;

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(1);
    private static readonly byte[] Blanks = Encoding.ASCII.GetBytes(new string(' ', BodyLength - 1));

    /// <summary>An object of more than half a million members.</summary>
    public static byte[] WideBody { get; } = Encoding.UTF8.GetBytes(
        $$"""{"model":"r1",{{string.Join(',', Enumerable.Range(0, 560_000).Select(i => $"\"{i}\":1"))}}}""");

    /// <summary>Small objects, each of which has a name, for a model that does not exist.</summary>
    public static byte[] ManyObjects { get; } = Encoding.UTF8.GetBytes(
        $$"""{"model":"unknown","messages":[{{string.Join(',', Enumerable.Repeat("{\"a\":[[1]]}", 500_000))}}]}""");

    /// <summary>An error whose text has a word border at each second character.</summary>
    public static byte[] LongError { get; } = ToRequest(
        $$$"""data: {"error":{"message":"{{{string.Concat(Enumerable.Repeat("a.", 450_000))}}}","code":400}}""" + "\n\n");

    /// <summary>A record with many choices and one long member beside them.</summary>
    public static byte[] ManyChoices { get; } = ToRequest(
        $$"""data: {"x":"{{new string('x', 700_000)}}","choices":[{{Choices("\"delta\":{\"content\":\"a\"}")}}]}""" + "\n\n");

    /// <summary>A document with many choices and a long id.</summary>
    public static byte[] LongDocument { get; } = ToRequest(
        $$"""{"id":"{{new string('x', 400_000)}}","choices":[{{Choices("\"message\":{\"content\":\"a\"}")}}]}""");

    /// <summary>Sends a body several times at once, and reads each response to its end.</summary>
    public static Task PostAsync(HttpClient client, byte[] body, int times) =>
        Task.WhenAll(Enumerable.Range(0, times).Select(async _ =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            using var response = await client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), content);
            await response.Content.CopyToAsync(Stream.Null);
        }));

    /// <summary>
    /// Opens connections that send a large body without its end, and keeps them open. They use separate threads, because the canary uses
    /// the thread pool.
    /// </summary>
    public static async Task HoldBodiesAsync(Uri url, int count, TimeSpan time)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToArray();
        foreach (var some in sockets.Chunk((count + Threads - 1) / Threads))
        {
            new Thread(() => Array.ForEach(some, socket => Send(socket, url))) { IsBackground = true }.Start();
        }

        await Task.Delay(time);
        Array.ForEach(sockets, socket => socket.Dispose());
    }

    private static void Send(Socket socket, Uri url)
    {
        try
        {
            socket.SendTimeout = (int)SendTimeout.TotalMilliseconds;
            socket.Connect(url.Host, url.Port);
            socket.Send(Encoding.ASCII.GetBytes(
                $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Contestant.Key}\r\n" +
                    $"Content-Type: application/json\r\nContent-Length: {BodyLength}\r\n\r\n"));
            socket.Send(Blanks);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The function has rejected the body, or the time is over.
        }
    }

    private static string Choices(string member) =>
        string.Join(',', Enumerable.Range(0, 128).Select(i => $"{{\"index\":{i},{member},\"finish_reason\":\"stop\"}}"));

    private static byte[] ToRequest(string reply) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["model"] = "r1",
        ["stream"] = true,
        ["n"] = 128,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
        ["stand_in"] = new JsonObject
        {
            ["replay"] = new JsonObject { ["stream"] = reply, ["content_type"] = "text/event-stream" },
        },
    }.ToJsonString());
}
