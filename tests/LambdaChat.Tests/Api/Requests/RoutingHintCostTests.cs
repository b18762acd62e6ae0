using System.Net;
using System.Net.Sockets;
using System.Text;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Models;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Api.Requests;

/// <summary>What a call allocates with a hint and without, from the client's body to the last byte for SageMaker.</summary>
public sealed class RoutingHintCostTests : IDisposable
{
    private const int Rounds = 100;

    private static readonly Model Plain = new("m", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "served");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpMessageInvoker _http = UpstreamConnections.CreateHttp();
    private readonly SageMakerClient _client;
    private readonly DefaultHttpContext _context = new();
    private readonly SemaphoreSlim _measured = new(0);
    private string _received = "";

    public RoutingHintCostTests()
    {
        _listener.Start();
        _client = LoopbackSageMaker.CreateClient(_http, new Uri($"http://{_listener.LocalEndpoint}"));
        _context.Features.Set(new Caller("alice"));
    }

    public void Dispose()
    {
        _http.Dispose();
        _listener.Dispose();
        _measured.Dispose();
    }

    [Theory]
    [InlineData(nameof(Transport.EventStream), "X-Amzn-SageMaker-Prefix-Aware-Id: ")]
    [InlineData(nameof(Transport.OpenAI), ",\"prompt_cache_key\":\"")]
    public async Task Call_WithAHint_AllocatesAsMuchAsWithout(string transport, string written)
    {
        var server = AnswerAsync();
        var model = Plain with { Transport = Enum.Parse<Transport>(transport) };
        var off = model with { PrefixAwareId = PrefixAwareId.Off };
        var rounds = new List<(long Without, long First, long Next)>();
        await SendAsync(model, "opens the connection");
        for (var i = 0; i < Rounds; i++)
        {
            var without = await SendAsync(off, "conversation");
            Assert.DoesNotContain(written, _received, StringComparison.Ordinal);
            var first = await SendAsync(model, $"conversation {i}");
            Assert.Matches($"{written}[0-9a-f]{{32}}[\r\"]", _received);
            rounds.Add((without, first, await SendAsync(model, "conversation")));
        }

        // The runtime itself sometimes allocates on the thread of a test. A hint that allocates does so in each round.
        Assert.Contains(rounds, round => (round.First, round.Next) == (round.Without, round.Without));
        Assert.False(server.IsCompleted); // All calls had one connection, so that this thread wrote them.
    }

    private async Task<long> SendAsync(Model model, string conversation)
    {
        var json = RequestJson.TryParse("""{"model":"m","stream":true,"messages":[{"role":"user","content":"a"}]}"""u8.ToArray())!;
        var incoming = new IncomingRequest(_context, Body: null!, json, model, "m", []);
        var request = new ChatRequest(json);
        var mode = model.Transport == Transport.OpenAI ? CallMode.OpenAI : CallMode.Stream;

        var before = GC.GetAllocatedBytesForCurrentThread();
        var body = UpstreamChatRequest.Create(request, model, isStreamed: true, wantsUsage: true);
        var hint = RoutingHints.Create(incoming, conversation, new ConversationStart(json));
        var call = new EndpointCall(mode, body, incoming.Headers) { Hint = UpstreamChatRequest.HintOf(request, model, hint) };
        var sent = _client.CallAsync(model.Targets[0], call, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        _measured.Release(); // An earlier response could be received on this thread.

        using var response = await sent;
        Assert.Null(response.Failure);
        return allocated;
    }

    // Answers the requests of one connection.
    private async Task AnswerAsync()
    {
        using var connection = await _listener.AcceptTcpClientAsync();
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (await connection.GetStream().ReadAsync(buffer.AsMemory(length)) is var read and > 0)
        {
            length += read;
            if (buffer[length - 1] == (byte)'}')
            {
                (_received, length) = (Encoding.ASCII.GetString(buffer, 0, length), 0);
                await _measured.WaitAsync();
                await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }
        }
    }
}
