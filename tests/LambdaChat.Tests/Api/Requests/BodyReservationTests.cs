using System.Text;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Requests;

/// <summary>The limits of a key that are checked before its body is read.</summary>
public sealed class BodyReservationTests
{
    private const int Large = 6_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryBudget _memory;

    public BodyReservationTests() => _memory = new MemoryBudget(1_000_000_000, _time);

    [Theory]
    [InlineData("""{"requestsPerMinute":1}""", Large)]
    [InlineData("""{"streams":1}""", Large)]
    [InlineData("""{"streams":1}""", 20)]
    [InlineData("""{"requestsPerMinute":9,"streams":1,"tokensPerDay":1}""", Large)]
    public async Task Read_WhileAnotherBodyTakesTheLimit_IsRejectedUnread(string limits, int length)
    {
        var reader = Reader();
        var unfinished = new PendingBody();
        var first = reader.ReadAsync(Context(unfinished, limits), ModelTasks.Chat);
        var used = _memory.Used;

        for (var i = 0; i < 200; i++)
        {
            var body = new PendingBody();
            var rejected = reader.ReadAsync(Context(body, limits, length: length), ModelTasks.Chat)
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            var error = (await Assert.ThrowsAsync<ErrorResponseException>(() => rejected)).Error;
            Assert.Equal((429, "rate_limit_exceeded", 0), (error.Status, error.Code, body.Reads));
            Assert.NotNull(error.RetryAfter);
        }

        Assert.Equal(used, _memory.Used);
        unfinished.End();
        Assert.Equal(400, (await Assert.ThrowsAsync<ErrorResponseException>(() => first)).Error.Status);
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public async Task Read_AfterTheBody_GivesThePlaceBack()
    {
        var reader = Reader();
        for (var i = 0; i < 3; i++)
        {
            var json = Encoding.UTF8.GetBytes($$"""{"model":"r1","messages":[],"x":"{{new string('x', 100_000)}}"}""");
            using var request = await reader.ReadAsync(Context(new MemoryStream(json), """{"requestsPerMinute":1,"streams":1}"""),
                ModelTasks.Chat);

            Assert.Equal("r1", request.ModelName);
        }
    }

    [Fact]
    public async Task Read_OfAnotherKey_IsNotRejected()
    {
        var reader = Reader();
        var bodies = new[] { new PendingBody(), new PendingBody() };
        var first = reader.ReadAsync(Context(bodies[0], """{"streams":1}"""), ModelTasks.Chat);
        var second = reader.ReadAsync(Context(bodies[1], """{"streams":1}""", "b"), ModelTasks.Chat);

        Assert.False(first.IsCompleted || second.IsCompleted);
        foreach (var (body, reading) in bodies.Zip([first, second]))
        {
            body.End();
            await Assert.ThrowsAsync<ErrorResponseException>(() => reading);
        }
    }

    [Fact]
    public async Task Read_UnexpectedException_ReleasesTheMemory()
    {
        var body = new MemoryStream(Encoding.UTF8.GetBytes("""{"model":"r1"}"""));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Reader().ReadAsync(
            Context(body, """{"streams":1}"""), ModelTasks.Chat, _ => throw new InvalidOperationException()));

        Assert.Equal(0, _memory.Used);
    }

    // An administrator may have written the item of the key in another way than the keys command.
    [Theory]
    [InlineData("{")]
    [InlineData("""{"streams":-1}""")]
    [InlineData("""{"unknown":1}""")]
    public async Task LimitsOfTheKey_Invalid_RefuseTheRequest(string limits)
    {
        var error = await Assert.ThrowsAsync<ErrorResponseException>(
            () => Reader().ReadAsync(Context(new MemoryStream("{}"u8.ToArray()), limits), ModelTasks.Chat));

        Assert.Equal((503, "limits_unavailable"), (error.Error.Status, error.Error.Code));
    }

    private RequestReader Reader()
    {
        var settings = LimitSettings.Read(new ConfigurationBuilder().Build());
        var limiter = new UsageLimiter(settings, new LocalUsageCounters(_time), _time, NullLogger<UsageLimiter>.Instance);
        var model = new Model("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "");
        return new RequestReader(new ModelCatalog([model]), RequestLimits.Default, _memory, _time, limiter);
    }

    private static DefaultHttpContext Context(Stream body, string limits, string name = "a", int length = Large)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new Caller(name) { Limits = limits });
        context.Request.ContentType = "application/json";
        context.Request.ContentLength = body is PendingBody ? length : body.Length;
        context.Request.Body = body;
        return context;
    }

    // Does not end before End.
    private sealed class PendingBody : MemoryStream
    {
        private readonly TaskCompletionSource<int> _end = new();

        public int Reads { get; private set; }

        public void End() => _end.SetResult(0);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reads++;
            return new ValueTask<int>(_end.Task);
        }

        public override long Length => Large;
    }
}
