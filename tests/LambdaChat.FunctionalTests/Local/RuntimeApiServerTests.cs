using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.Lambda.Events;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>The Runtime API of Managed Instances, and responses whose chunks are held back.</summary>
public sealed class RuntimeApiServerTests
{
    private const string InvocationId = "Lambda-Runtime-Invocation-Id";

    [Theory]
    [InlineData("response", null, HttpStatusCode.Accepted)]
    [InlineData("response", "own", HttpStatusCode.Accepted)]
    [InlineData("response", "wrong", HttpStatusCode.BadRequest)]
    [InlineData("error", null, HttpStatusCode.Accepted)]
    [InlineData("error", "own", HttpStatusCode.Accepted)]
    [InlineData("error", "wrong", HttpStatusCode.BadRequest)]
    public async Task InvocationId_WrongOne_IsRefused(string path, string? id, HttpStatusCode expected)
    {
        await using var server = await RuntimeApiServer.StartAsync(new LambdaOptions { FunctionPath = "", Concurrency = 2 });
        using var client = CreateClient(server);
        var invocation = Enqueue(server);
        using var next = await client.GetAsync("invocation/next", TestContext.Current.CancellationToken);
        var ownId = Assert.Single(next.Headers.GetValues(InvocationId));
        using var message = new HttpRequestMessage(
            HttpMethod.Post, $"invocation/{invocation.RequestId}/{path}")
        { Content = new StringContent("{}") };
        if (id is not null)
        {
            message.Headers.Add(InvocationId, id == "own" ? ownId : id);
        }

        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal((expected, expected == HttpStatusCode.Accepted), (response.StatusCode, invocation.Completion.IsCompleted));
    }

    [Theory]
    [InlineData("response")]
    [InlineData("error")]
    public async Task RequestId_UnknownOrEnded_IsRefused(string path)
    {
        await using var server = await RuntimeApiServer.StartAsync(new LambdaOptions { FunctionPath = "" });
        using var client = CreateClient(server);
        var invocation = Enqueue(server);
        using var next = await client.GetAsync("invocation/next", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.BadRequest, false), (await PostAsync("unknown"), invocation.Completion.IsCompleted));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(invocation.RequestId));
        await invocation.Completion;
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(invocation.RequestId));

        async Task<HttpStatusCode> PostAsync(string id)
        {
            using var response = await client.PostAsync(
                $"invocation/{id}/{path}", new StringContent("{}"), TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task InvocationId_WithoutConcurrency_IsNotSent()
    {
        await using var server = await RuntimeApiServer.StartAsync(new LambdaOptions { FunctionPath = "" });
        using var client = CreateClient(server);
        Enqueue(server);

        using var next = await client.GetAsync("invocation/next", TestContext.Current.CancellationToken);

        Assert.False(next.Headers.Contains(InvocationId));
    }

    [Fact]
    public async Task Deadline_Far_IsTheTimeoutTimesTenToTheNine()
    {
        var options = new LambdaOptions { FunctionPath = "", Concurrency = 2, HasFarDeadline = true, Timeout = TimeSpan.FromSeconds(60) };
        await using var server = await RuntimeApiServer.StartAsync(options);
        using var client = CreateClient(server);
        var invocation = Enqueue(server);

        using var next = await client.GetAsync("invocation/next", TestContext.Current.CancellationToken);

        var deadline = long.Parse(Assert.Single(next.Headers.GetValues("Lambda-Runtime-Deadline-Ms")), CultureInfo.InvariantCulture);
        Assert.Equal(invocation.Deadline.AddSeconds(-60).ToUnixTimeMilliseconds() + 60_000_000_000, deadline);
    }

    [Theory]
    [InlineData(false, "a", "ab")]
    [InlineData(true, "", "a")]
    public async Task Chunk_HeldBack_IsSentWithTheNext(bool holdsBack, string afterFirst, string afterSecond)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        var pipe = new Pipe(
            new PipeOptions(
                readerScheduler: PipeScheduler.Inline,
                writerScheduler: PipeScheduler.Inline,
                pauseWriterThreshold: 1,
                resumeWriterThreshold: 1));
        var copy = new StreamedResponse(context.Response, EventFormat.Url, holdsBack).CopyAsync(
            pipe.Reader, TestContext.Current.CancellationToken);

        // A flush completes when the response has read the chunk.
        await pipe.Writer.WriteAsync("{}\0\0\0\0\0\0\0\0"u8.ToArray(), TestContext.Current.CancellationToken);
        await pipe.Writer.WriteAsync("a"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(afterFirst, Text(body));
        await pipe.Writer.WriteAsync("b"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(afterSecond, Text(body));
        await pipe.Writer.CompleteAsync();

        Assert.Null(await copy);
        Assert.Equal("ab", Text(body));
    }

    private static string Text(MemoryStream body) => Encoding.UTF8.GetString(body.ToArray());

    private static HttpClient CreateClient(RuntimeApiServer server) =>
        new() { BaseAddress = new Uri($"http://{server.Authority}/2018-06-01/runtime/") };

    private static PendingInvocation Enqueue(RuntimeApiServer server)
    {
        var invocation = new PendingInvocation(
            new DefaultHttpContext { Response = { Body = new MemoryStream() } }, "{}"u8.ToArray(), DateTimeOffset.UtcNow.AddMinutes(1));
        server.Enqueue(invocation);
        return invocation;
    }
}
