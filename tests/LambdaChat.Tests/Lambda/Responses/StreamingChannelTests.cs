using System.Buffers;
using System.Net;
using System.Net.Sockets;
using LambdaChat.Hosting;
using LambdaChat.Lambda.Events;
using LambdaChat.Lambda.Responses;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Tests.Lambda.Responses;

public sealed class StreamingChannelTests
{
    /// <summary>A heartbeat can be the first flush. It expects an <see cref="IOException"/>, and the next flush connects again.</summary>
    [Fact]
    public async Task Flush_ConnectionIsRefused_KeepsTheBodyForTheNextOne()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)server.LocalEndPoint!).Port; // Refuses connections until it listens.
        var environment = new LambdaEnvironment($"127.0.0.1:{port}", IsSamLocal: false, MaxConcurrency: 1);
        using var runtimeApi = new RuntimeApiClient(environment, TimeProvider.System);
        using var channel = new StreamingChannel(
            runtimeApi, new Invocation("id-1", InvocationId: null, Deadline: null, TraceId: null, Event: default),
            new ResponseFormat(EventSource.FunctionUrl, HasMultiValueHeaders: false), _ => null, () => { });
        var response = new LambdaResponse(channel);
        channel.Body.Write(": beat\n\n"u8);

        await Assert.ThrowsAsync<IOException>(() => channel.FlushAsync(response, TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(": beat\n\n".Length, channel.Body.Length);
        server.Listen();
        Assert.True(await channel.FlushAsync(response, TestContext.Current.CancellationToken));

        using var connection = await server.AcceptAsync(TestContext.Current.CancellationToken);
        var request = await RawRequest.ReadAsync(connection);
        Assert.Equal("POST /2018-06-01/runtime/invocation/id-1/response HTTP/1.1", request!.Line);
        Assert.EndsWith(": beat\n\n", await request.ReadChunkAsync(), StringComparison.Ordinal);
    }
}
