using LambdaChat.ReplyStore;
using LambdaChat.Tests.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.ReplyStore;

/// <summary>Operations on a reply that is being created in another process.</summary>
public sealed class ReplyStorageTests
{
    private static readonly ReplyKey Key = ReplyKey.Of("a", "2");
    private static readonly ReplyKey Name = ReplyKey.Of("a", "api/chat c");

    // The clock of a test can run far ahead of the tasks that it wakes.
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromDays(30))
    {
        SearchTime = TimeSpan.FromDays(1),
        EndTimeout = TimeSpan.FromDays(10),
        LongestRun = TimeSpan.FromDays(300),
    };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedReplyStore _store;
    private readonly ReplyStorage _storage;

    public ReplyStorageTests()
    {
        _store = new ScriptedReplyStore(_time);
        _storage = new ReplyStorage(_store, Settings, _time, NullLogger<ReplyStorage>.Instance);
    }

    [Fact]
    public async Task Cancel_BeforeTheHead_CancelsTheReply()
    {
        var cancellation = _storage.CancelAsync(Key, CancellationToken.None);
        await _store.WaitForAsync("cancel");
        await CreateAsync(Key);
        await _store.WaitForAsync("head", Advance); // It waits for the producer, and no longer for the head.
        await EndAsync(Key, ReplyStatus.Cancelled);
        await AdvanceUntilAsync(cancellation);

        Assert.Equal(ReplyStatus.Cancelled, (await cancellation)!.Status);
    }

    [Fact]
    public async Task Cancel_OfAnUnknownReply_EndsAfterTheSearch()
    {
        var start = _time.GetUtcNow();
        var cancellation = _storage.CancelAsync(Key, CancellationToken.None);
        await AdvanceUntilAsync(cancellation);

        Assert.Null(await cancellation);
        Assert.InRange(_time.GetUtcNow() - start, Settings.SearchTime, TimeSpan.MaxValue);
    }

    // The name is stored before the head.
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)] // The reply has expired before its name.
    public async Task Request_OfAReplyWithAName_IsAwaitedAfterTheSearchTimeIfItIsNew(bool isOld, bool isFound)
    {
        var began = _time.GetUtcNow() - (isOld ? Settings.MaximumOutage : TimeSpan.Zero);
        var start = _time.GetUtcNow();
        var reading = _storage.ReadRequestAsync(Key, search: null, began, static _ => { }, CancellationToken.None);
        while (_time.GetUtcNow() - start < Settings.SearchTime * 2)
        {
            await _store.WaitForAsync("request", Advance);
            await Task.Yield();
            if (reading.IsCompleted)
            {
                break;
            }
        }

        await CreateAsync(Key);
        await AdvanceUntilAsync(reading);

        Assert.Equal(isFound, await reading is not null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shutdown_WaitsForTheEndsOfReplies(bool responds)
    {
        var gate = new TaskCompletionSource();
        _store.Gate = gate.Task;
        await using (var log = _storage.Start(Key, "{}"u8.ToArray(), "id-1"))
        {
            log.Append("{}"u8);
            log.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        }

        var stop = new ReplyStorageShutdown(_storage).StopAsync(CancellationToken.None);
        Assert.False(stop.IsCompleted);
        if (responds)
        {
            gate.SetResult();
            await stop;
            Assert.Equal(ReplyStatus.Completed, (await _store.ReadHeadAsync(Key, CancellationToken.None))!.Status);
            Assert.True(new ReplyStorageShutdown(_storage).StopAsync(CancellationToken.None).IsCompleted);
        }
        else
        {
            _time.Advance(Settings.EndTimeout);
            await stop;
            gate.SetResult();
        }
    }

    /// <summary>Services stop in the reverse order.</summary>
    [Fact]
    public async Task Shutdown_OfAWebServer_FollowsTheServer()
    {
        using var server = new InMemoryServer();
        await using var app = Function.Create(
            ["""--MODELS=[{"name":"m","endpoint":"e"}]""", "--OPEN_ACCESS=true", "--AWS_REGION=us-east-1", "--STORE=memory"],
            builder => builder.Services.AddSingleton<IServer>(server));

        var services = app.Services.GetServices<IHostedService>().Select(service => service.GetType().Name).ToList();

        Assert.InRange(services.IndexOf(nameof(ReplyStorageShutdown)), 0, services.IndexOf("GenericWebHostService") - 1);
    }

    [Fact]
    public async Task Delete_BeforeTheHead_DeletesTheReply()
    {
        var deletion = _storage.DeleteAsync(Key, CancellationToken.None);
        await _store.WaitForAsync("delete");
        await CreateAsync(Key);
        await AdvanceUntilAsync(deletion);

        Assert.True(await deletion);
        Assert.Null(await _store.ReadHeadAsync(Key, CancellationToken.None));
    }

    [Fact]
    public async Task Stop_BeforeTheName_CancelsTheReply()
    {
        var stop = StopAsync();
        await _store.WaitForAsync("find");
        await NameAsync("2");
        await CreateAsync(Key);
        await AdvanceUntilAsync(stop);

        Assert.Equal(ReplyStatus.Cancelled, await ReadStatusAsync());
    }

    [Fact]
    public async Task Stop_BeforeTheHead_CancelsTheReply()
    {
        await NameAsync("2");
        var stop = StopAsync();
        await _store.WaitForAsync("cancel");
        await CreateAsync(Key);
        await AdvanceUntilAsync(stop);

        Assert.Equal(ReplyStatus.Cancelled, await ReadStatusAsync());
    }

    // A page has no stop button for a reply that ended long ago, so it means the next one.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_AfterTheEnd_CancelsTheNextReplyOnlyIfTheEndIsOld(bool isOld)
    {
        var earlier = ReplyKey.Of("a", "1");
        await NameAsync("1");
        await CreateAsync(earlier);
        await EndAsync(earlier, ReplyStatus.Completed);
        _time.Advance(isOld ? Settings.EndTimeout * 2 : Settings.EndTimeout / 2);
        var stop = StopAsync();
        await _store.WaitForAsync("cancel");
        Assert.Equal(!isOld, stop.IsCompleted);
        await NameAsync("2");
        await CreateAsync(Key);
        await AdvanceUntilAsync(stop);

        Assert.Equal(isOld ? ReplyStatus.Cancelled : ReplyStatus.Running, await ReadStatusAsync());
    }

    private Task StopAsync() => _storage.CancelNamedAsync(Name, id => ReplyKey.Of("a", id), CancellationToken.None);

    private Task NameAsync(string id) => _store.SetNameAsync(
        Name, new NamedReply(id, _time.GetUtcNow()), _time.GetUtcNow().AddDays(300), CancellationToken.None);

    private Task CreateAsync(ReplyKey key) => _store.CreateAsync(
        key, new ReplyHead("g", ReplyStatus.Running, _time.GetUtcNow(), _time.GetUtcNow().AddDays(300)), "{}"u8.ToArray(),
        CancellationToken.None);

    private Task EndAsync(ReplyKey key, ReplyStatus status) => _store.EndAsync(
        key, "g", new ReplyEnding(status, 0, _time.GetUtcNow(), []), _time.GetUtcNow().AddDays(300), CancellationToken.None);

    private async Task<ReplyStatus> ReadStatusAsync() => (await _store.ReadHeadAsync(Key, CancellationToken.None))!.Status;

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            Advance();
            await Task.Yield();
        }
    }

    private void Advance() => _time.Advance(TimeSpan.FromMinutes(10));
}
