using System.Buffers;
using System.Collections.Concurrent;
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

    /// <summary>
    /// The writer of a response that was given up continues after its invocation, as in a process that Lambda has suspended. It must not
    /// use the connection of the next response, and not read its acknowledgement.
    /// </summary>
    [Theory(Timeout = 60_000)]
    [InlineData(0)] // The first write is held.
    [InlineData(1)]
    public async Task Fail_WriteIsHeld_LeavesTheNextResponseAlone(int writes)
    {
        using var api = new RawRuntimeApi();
        using var runtimeApi = new RuntimeApiClient(api.Environment(), TimeProvider.System);
        var continuations = new HeldContinuations();
        var held = CreateChannel(runtimeApi, await NextAsync(runtimeApi, api, "id-1"));
        var response = new LambdaResponse(held);
        for (var i = 0; i < writes; i++)
        {
            held.Body.Write("x"u8);
            await held.FlushAsync(response, TestContext.Current.CancellationToken);
        }

        held.Body.Write(new byte[24 * 1024 * 1024]);
        var flush = continuations.Run(() => held.FlushAsync(response, TestContext.Current.CancellationToken).AsTask());
        await api.ReceiveAsync();
        Assert.False(flush.IsCompleted);
        await held.FailAsync(new InvocationError("Function.Aborted", ""));
        held.Dispose();

        var invocation = await NextAsync(runtimeApi, api, "id-2");
        using var channel = CreateChannel(runtimeApi, invocation);
        var next = new LambdaResponse(channel);
        runtimeApi.ConnectForResponse();
        continuations.RunUntil(flush);
        Assert.False(await flush);

        channel.Body.Write("next"u8);
        Assert.True(await channel.FlushAsync(next, TestContext.Current.CancellationToken));
        var completion = channel.CompleteAsync(next).AsTask();
        var request = await api.ReceiveAsync();
        Assert.EndsWith("\0next", await request.ReadChunksAsync(), StringComparison.Ordinal);
        await request.AcceptAsync();
        await completion.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Null(channel.Failure);
    }

    private static async Task<Invocation> NextAsync(RuntimeApiClient runtimeApi, RawRuntimeApi api, string id)
    {
        var next = runtimeApi.GetNextAsync(TestContext.Current.CancellationToken);
        await api.GiveAsync(FunctionUnderTest.Get, id);
        return await next;
    }

    private static StreamingChannel CreateChannel(RuntimeApiClient runtimeApi, Invocation invocation) => new(
        runtimeApi, invocation, new ResponseFormat(EventSource.FunctionUrl, HasMultiValueHeaders: false), _ => null, () => { });

    // Runs continuations when the test says so.
    private sealed class HeldContinuations : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _held = [];

        public override void Post(SendOrPostCallback d, object? state) => _held.Add((d, state));

        public T Run<T>(Func<T> start)
        {
            var current = Current;
            SetSynchronizationContext(this);
            try
            {
                return start();
            }
            finally
            {
                SetSynchronizationContext(current);
            }
        }

        public void RunUntil(Task end) => Run(() =>
        {
            while (!end.IsCompleted)
            {
                var (callback, state) = _held.Take(TestContext.Current.CancellationToken);
                callback(state);
            }

            return true;
        });
    }
}
