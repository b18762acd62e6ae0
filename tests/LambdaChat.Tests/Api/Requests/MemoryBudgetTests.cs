using LambdaChat.Api.Requests;
using LambdaChat.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Requests;

public sealed class MemoryBudgetTests
{
    private readonly MemoryBudget _memory = new(capacity: 1000, new FakeTimeProvider());

    [Fact]
    public void TryReserve_BeyondTheCapacity_IsRefusedUntilBytesAreReleased()
    {
        Assert.True(_memory.TryReserve(600, "a"));
        Assert.False(_memory.TryReserve(401, "b"));
        Assert.True(_memory.TryReserve(400, "b"));

        _memory.Release(600, "a");

        Assert.Equal(400, _memory.Used);
        Assert.True(_memory.TryReserve(600, "a"));
    }

    [Fact]
    public void TryReserve_BeyondTheShareOfACaller_LeavesRoomForOthers()
    {
        Assert.True(_memory.TryReserve(300, "a"));
        Assert.False(_memory.TryReserve(201, "a"));
        Assert.True(_memory.TryReserve(200, "a"));
        Assert.True(_memory.TryReserve(500, "b"));

        _memory.Release(200, "a");

        Assert.True(_memory.TryReserve(200, "a"));
    }

    [Fact]
    public async Task Reserve_MoreThanARequestEverGets_IsTooLargeAndNotOverloaded()
    {
        var memory = new MemoryBudget(capacity: 40_000, new FakeTimeProvider());
        Assert.True(memory.TryReserve(15_000, "b"));
        using var body = await ReadAsync(memory, length: 10_000);

        var large = Assert.Throws<ErrorResponseException>(() => body.Reserve(10_000)).Error;
        Assert.True(memory.TryReserve(10_000, "c"));
        var busy = Assert.Throws<ErrorResponseException>(() => body.Reserve(9_000)).Error;

        Assert.Equal((413, "request_too_large"), (large.Status, large.Code));
        Assert.Equal((503, "server_overloaded"), (busy.Status, busy.Code));
    }

    [Fact]
    public void TryReserve_SingleBodyAboveTheCapacity_Fits()
    {
        Assert.True(_memory.TryReserve(5000));
        Assert.False(_memory.TryReserve(1));
    }

    [Fact]
    public async Task ReadAsync_OfAKnownLength_UsesOneBufferOfThatLength()
    {
        var memory = new MemoryBudget(capacity: 1_000_001, new FakeTimeProvider());

        using (var body = await ReadAsync(memory, length: 1_000_000))
        {
            Assert.Equal((1_000_000, 1_000_001), (body.Bytes.Length, memory.Used));
        }

        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public async Task ReadAsync_OfUnknownLength_EndsWithTheBytesOfItsBuffer()
    {
        var memory = new MemoryBudget(capacity: 4_000_000, new FakeTimeProvider());

        using (var body = await ReadAsync(memory, length: 1_000_000, hasLength: false))
        {
            Assert.Equal(1_000_000, body.Bytes.Length);
            Assert.InRange(memory.Used, 1_000_000, 2_000_000);
        }

        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public async Task ReadAsync_WithoutMemory_Is503()
    {
        var error = (await Assert.ThrowsAsync<ErrorResponseException>(async () =>
        {
            using var first = await ReadAsync(_memory, length: 900);
            using var second = await ReadAsync(_memory, length: 900);
        })).Error;

        Assert.Equal((503, "server_overloaded", TimeSpan.FromSeconds(2)), (error.Status, error.Code, error.RetryAfter));
        Assert.Equal(0, _memory.Used);
    }

    private static Task<RequestBody> ReadAsync(MemoryBudget memory, int length, bool hasLength = true)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(new byte[length]);
        request.ContentLength = hasLength ? length : null;
        return RequestBody.ReadAsync(request, maximum: 2_000_000, memory, TestContext.Current.CancellationToken);
    }
}
