using LambdaChat.ReplyStore;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.ReplyStore;

// Replies that their caller finds by the name of the conversation. With the name of an earlier reply, the caller would stop that one.
public sealed partial class ReplyProducerTests
{
    private static readonly ReplyName Name = new(ReplyKey.Of("a", "chat"), "resp_1");

    [Fact]
    public async Task Name_OfAStoreThatFailsForAMoment_IsWrittenBeforeTheHead()
    {
        _store.IsFailing = true;
        var producer = new ReplyProducer(_store, Key, "{}"u8.ToArray(), Settings, _time, "id-1", NullLogger.Instance, Name);
        await _store.WaitForAsync("name");
        await _store.WaitForAsync("name", Advance);
        Assert.Equal(0, _store.Count("create"));
        _store.IsFailing = false;
        await _store.WaitForAsync("name", Advance);
        await _store.WaitForAsync("create", Advance);

        Assert.True(await producer.Created);
        Assert.Equal("resp_1", (await FindAsync())!.Id);
    }

    /// <summary>A later reply of the conversation keeps its name, also if the earlier one is named only then.</summary>
    [Fact]
    public async Task Name_AfterFailures_HasTheStartOfTheReplyByTheClockOfTheStore()
    {
        (_store.IsFailing, _store.ClockError) = (true, TimeSpan.FromHours(-1));
        var start = _time.GetUtcNow();
        var producer = new ReplyProducer(_store, Key, "{}"u8.ToArray(), Settings, _time, "id-1", NullLogger.Instance, Name);
        for (var i = 0; i < 3; i++)
        {
            await _store.WaitForAsync("name", Advance);
        }

        _store.IsFailing = false;
        await AdvanceUntilAsync(producer.Created);

        Assert.Equal(new NamedReply("resp_1", start.AddHours(-1)), await FindAsync());
    }

    [Fact]
    public async Task Name_OfARequestThatIsTooLong_IsWritten()
    {
        var random = new byte[2000];
        new Random(1).NextBytes(random);
        var settings = Settings with { MaximumRequest = 1000 };
        var producer = new ReplyProducer(_store, Key, random, settings, _time, "id-1", NullLogger.Instance, Name);

        Assert.False(await producer.Created);
        Assert.Equal("resp_1", (await FindAsync())!.Id);
    }

    private Task<NamedReply?> FindAsync() => _store.FindNameAsync(Name.Key, CancellationToken.None);

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            Advance();
            await Task.Yield();
        }
    }
}
