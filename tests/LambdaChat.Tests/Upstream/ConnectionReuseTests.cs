using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Streaming.EventStream;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Upstream;

/// <summary>What happens to the connection of a call after its reply, with a real socket as SageMaker.</summary>
public sealed class ConnectionReuseTests : IDisposable
{
    private const string Record =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
    private const string End =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpMessageInvoker _http = UpstreamConnections.CreateHttp();
    private readonly TargetCaller _targets;

    public ConnectionReuseTests()
    {
        _listener.Start();
        var client = LoopbackSageMaker.CreateClient(_http, new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"));
        _targets = new TargetCaller(client, new TargetHealth(TimeProvider.System), new RetrySettings(TimeSpan.Zero), TimeProvider.System);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task Reply_CutByItsTokenLimit_ClosesTheConnectionAtOnce()
    {
        var reply = RelayAsync(maxTokens: 5);
        using var client = await _listener.AcceptTcpClientAsync(Stop);
        await ReadRequestAsync(client);
        await SendAsync(client, Head);
        try
        {
            for (var i = 0; i < 10; i++)
            {
                await SendRecordAsync(client, Record);
            }

            // By default, the client would read the rest of the body and keep the connection for the next call.
            Assert.Null((await reply).Failure);
            await SendAsync(client, "0\r\n\r\n");
        }
        catch (IOException)
        {
            // It is closed already.
        }

        Assert.Null((await reply).Failure);
        Assert.True(await HasClosedAsync(client).WaitAsync(TimeSpan.FromSeconds(30), Stop));
    }

    [Fact]
    public async Task Reply_Complete_LeavesTheConnectionToTheNextCall()
    {
        var reply = RelayAsync();
        using var client = await _listener.AcceptTcpClientAsync(Stop);
        for (var i = 0; i < 3; i++)
        {
            await ReadRequestAsync(client);
            await SendAsync(client, Head);
            await SendRecordAsync(client, Record);
            await SendRecordAsync(client, End, "0\r\n\r\n");
            Assert.Null((await reply).Failure);
            reply = RelayAsync();
        }

        await ReadRequestAsync(client);
        client.Close();
        Assert.NotNull((await reply).Failure);
    }

    [Fact]
    public async Task Reply_CompleteWithoutAnEndOfItsBody_ClosesTheConnectionAfterAWhile()
    {
        var time = new FakeTimeProvider();
        var reply = RelayAsync(time: time);
        using var client = await _listener.AcceptTcpClientAsync(Stop);
        await ReadRequestAsync(client);
        await SendAsync(client, Head);
        await SendRecordAsync(client, Record + End);

        Assert.Null((await reply).Failure); // Does not wait for the end of the body.
        Assert.False(client.Client.Poll(0, SelectMode.SelectRead)); // It is open.
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(await HasClosedAsync(client).WaitAsync(TimeSpan.FromSeconds(30), Stop));
    }

    [Theory]
    [InlineData(99, "", true)]
    [InlineData(100, "", false)]
    [InlineData(99, ": more\n\n", true)]
    [InlineData(100, ": more\n\n", false)]
    public async Task ReuseConnection_BodyThatEndsLater_IsReadToItsEndForAWhile(int milliseconds, string arrived, bool isRead)
    {
        var time = new FakeTimeProvider();
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(arrived), Stop);
        using var connection = new Connection();
        using var response = EndpointResponse.Of(new RawPayloadReader(Stream.Null), connection, pipe.Reader.AsStream());

        response.ReuseConnection(time);
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        response.Dispose();

        if (isRead)
        {
            Assert.False(connection.Released.IsCompleted);
            await pipe.Writer.CompleteAsync();
        }

        await connection.Released.WaitAsync(TimeSpan.FromSeconds(30), Stop);
    }

    private static async Task SendAsync(TcpClient client, string text) =>
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Stop);

    private static async Task SendRecordAsync(TcpClient client, string record, string end = "")
    {
        var frame = Frames.Part(record);
        byte[] chunk = [.. Encoding.ASCII.GetBytes($"{frame.Length:x}\r\n"), .. frame, .. Encoding.ASCII.GetBytes("\r\n" + end)];
        await client.GetStream().WriteAsync(chunk, Stop);
    }

    private static async Task ReadRequestAsync(TcpClient client)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, length).EndsWith("{}", StringComparison.Ordinal))
        {
            var read = await client.GetStream().ReadAsync(buffer.AsMemory(length), Stop);
            Assert.NotEqual(0, read);
            length += read;
        }
    }

    private static async Task<bool> HasClosedAsync(TcpClient client)
    {
        if (!client.Connected)
        {
            return true; // The last write has failed.
        }

        try
        {
            return await client.GetStream().ReadAsync(new byte[1], Stop) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task<ReplyEnd> RelayAsync(int? maxTokens = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var model = new Model("r1", [new Target("a", null, null, "eu-west-1")], "");
        var request = new RelayRequest(model, CallMode.Stream, ["{}"u8.ToArray()], ChunkLog.Contract() with { MaxTokens = maxTokens });
        var measurements = new ReplyMeasurements(model, ModelTasks.Chat, time);
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        await using var run = new RelayRun(context, request, new SseReply(context.Response, request.Format), measurements,
            new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), time, NullLogger.Instance);
        return await run.RunAsync(_targets);
    }

    private sealed class Connection : IDisposable
    {
        private readonly TaskCompletionSource _released = new();

        public Task Released => _released.Task;

        public void Dispose() => _released.TrySetResult();
    }
}
