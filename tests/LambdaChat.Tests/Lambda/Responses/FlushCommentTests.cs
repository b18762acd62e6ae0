using System.Net;
using LambdaChat.Hosting;
using LambdaChat.Lambda.Responses;
using LambdaChat.Lambda.RuntimeApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Lambda.Responses;

/// <summary>SSE comments after an event that nothing follows.</summary>
public sealed class FlushCommentTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RawRuntimeApi _api = new();
    private readonly SemaphoreSlim _step = new(0);
    private readonly SemaphoreSlim _written = new(0);

    public void Dispose()
    {
        _api.Dispose();
        _step.Dispose();
        _written.Dispose();
    }

    [Fact]
    public async Task Event_NothingFollows_IsFollowedByOneComment()
    {
        await using var function = await StartAsync("text/event-stream", "data: 1\n\n", "data: 2\n\n");
        var response = await ReceiveFirstAsync();

        _time.Advance(FunctionUnderTest.FlushCommentDelay);
        Assert.Equal(": \n\n", await response.ReadChunkAsync());
        _time.Advance(TimeSpan.FromSeconds(10));
        _step.Release();

        Assert.Equal("data: 2\n\n", await response.ReadChunkAsync());
        await _written.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(FunctionUnderTest.FlushCommentDelay);
        Assert.Equal(": \n\n", await response.ReadChunkAsync());
        _step.Release();
        Assert.Equal("", await response.ReadChunksAsync());
    }

    [Fact]
    public async Task Event_WithAnId_IsFollowedByACommentWithoutABlankLine()
    {
        await using var function = await StartAsync("text/event-stream", "id: 1\ndata: 1\n\n", "id: 2\ndata: 2\n\n");
        var response = await ReceiveFirstAsync();

        _time.Advance(FunctionUnderTest.FlushCommentDelay);
        Assert.Equal(": \n", await response.ReadChunkAsync());
        _step.Release();
        Assert.Equal("id: 2\ndata: 2\n\n", await response.ReadChunkAsync());
        _step.Release();
        Assert.Equal("", await response.ReadChunksAsync());
    }

    [Fact]
    public async Task Heartbeat_OfAStreamWithIds_IsFollowedByAComment()
    {
        await using var function = await StartAsync("text/event-stream", "id: 1\ndata: 1\n\n", ": keep-alive\n");
        var response = await ReceiveFirstAsync();

        _step.Release();
        Assert.Equal(": keep-alive\n", await response.ReadChunkAsync());
        await _written.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(FunctionUnderTest.FlushCommentDelay);
        Assert.Equal(": \n", await response.ReadChunkAsync());
        _step.Release();
        Assert.Equal("", await response.ReadChunksAsync());
    }

    [Fact]
    public async Task Event_AnotherFollowsInTime_HasNoComment()
    {
        await using var function = await StartAsync("text/event-stream", "data: 1\n\n", "data: 2\n\n");
        var response = await ReceiveFirstAsync();

        _time.Advance(FunctionUnderTest.FlushCommentDelay * 0.6);
        _step.Release();
        Assert.Equal("data: 2\n\n", await response.ReadChunkAsync());
        await _written.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(FunctionUnderTest.FlushCommentDelay * 0.6);
        _step.Release();

        Assert.Equal("", await response.ReadChunksAsync());
    }

    // The timer can fire between the end of the connection and that of the response.
    [Fact]
    public async Task Event_ConnectionClosedBeforeTheComment_IsNoFailureOfTheTimer()
    {
        using var connection = new RuntimeApiConnection(new IPEndPoint(IPAddress.Loopback, _api.Port));
        connection.Connect();
        using var comment = new FlushComment(connection, FunctionUnderTest.FlushCommentDelay, _time);
        await comment.BeforeWrite();
        comment.AfterWrite();
        connection.Close();

        _time.Advance(FunctionUnderTest.FlushCommentDelay);

        await comment.BeforeWrite();
    }

    [Theory]
    [InlineData("text/event-stream", "data: 1\n")]
    [InlineData("application/json", "{}\n\n")]
    public async Task NoEvent_HasNoComment(string contentType, string body)
    {
        await using var function = await StartAsync(contentType, body);
        var response = await ReceiveFirstAsync();

        _time.Advance(TimeSpan.FromSeconds(10));
        _step.Release();

        Assert.Equal("", await response.ReadChunksAsync());
    }

    private Task<FunctionUnderTest> StartAsync(string contentType, params string[] parts) => FunctionUnderTest.StartAsync(
        _api.Environment(),
        async context =>
        {
            context.Response.ContentType = contentType;
            context.Features.Get<ICommentFeature>()!.HasEventIds = parts[0].StartsWith("id:", StringComparison.Ordinal);
            foreach (var part in parts)
            {
                await context.Response.WriteAsync(part);
                _written.Release();
                await _step.WaitAsync();
            }
        },
        _time);

    private async Task<RawRequest> ReceiveFirstAsync()
    {
        await _api.GiveAsync(FunctionUnderTest.Get);
        var response = await _api.ReceiveAsync();
        await response.ReadChunkAsync();
        await _written.WaitAsync(TestContext.Current.CancellationToken);
        return response;
    }
}
