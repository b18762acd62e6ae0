using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.UiMessages;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;
using LambdaChat.Tests.Api.Messages;
using LambdaChat.Tests.ReplyStore;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>Resumed replies whose store or time ends in the middle: a page would take a stream that just ends for a whole reply.</summary>
public sealed class StoredUiMessageTests : IDisposable
{
    private const string Id = "reply";

    private static readonly ReplyKey Key = ReplyKey.Of(null, Id);
    // In real time, because the tests wait for events only.
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromMinutes(10))
    {
        PollInterval = TimeSpan.FromMilliseconds(1),
        Interval = TimeSpan.FromMilliseconds(1),
        MaximumOutage = TimeSpan.FromMilliseconds(1),
    };

    private readonly ScriptedReplyStore _store = new(TimeProvider.System);
    private readonly ReplyStorage _storage;
    private readonly MemoryStream _body = new();
    private readonly CancellationTokenSource _deadline = new();

    public StoredUiMessageTests() =>
        _storage = new ReplyStorage(_store, Settings, TimeProvider.System, NullLogger<ReplyStorage>.Instance);

    public void Dispose()
    {
        _body.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task Resumed_AfterTheDeadline_EndsWithAnError()
    {
        var run = await ResumeAsync();
        await _deadline.CancelAsync();

        await AssertEndsAsync(run, new ReplyFailure(FailureKind.DeadlineExceeded).ToError().Message);
    }

    [Fact]
    public async Task Resumed_FromAStoreThatFails_EndsWithAnError()
    {
        var run = await ResumeAsync();
        _store.IsFailing = true;

        await AssertEndsAsync(run, StoredReplies.Unavailable.Message);
    }

    [Fact]
    public async Task Resumed_WhileTheReplyIsDeleted_EndsWithAnError()
    {
        var run = await ResumeAsync();
        await _store.DeleteAsync(Key, CancellationToken.None);

        await run;
        AssertError(new ReplyFailure(FailureKind.Cancelled).ToError().Message);
    }

    // Resumes a reply of one chunk that is still running.
    private async Task<Task> ResumeAsync()
    {
        var log = _storage.Start(
            Key, new StoredUiMessage(new StoredBlocks("msg_1", "r1", []), []).Write(), "id-1",
            new ReplyName(ReplyKey.Of(null, StoredUiMessageEndpoints.NameOf("chat")), Id));
        Assert.True(await log.Created);
        log.Append(Encoding.UTF8.GetBytes(MessageRecords.Normalized(MessageRecords.Text("a"))[0]));
        await _store.WaitForAsync("append");
        var context = FrontendReply.CreateResponse(FrontendReply.UiMessages, _body).HttpContext;
        context.Features.Set<IHttpResponseFeature>(new StartedResponse());
        context.Request.RouteValues["id"] = "chat";
        context.RequestAborted = _deadline.Token;
        context.Features.Set<IHttpRequestTimeoutFeature>(new Deadline(_deadline.Token));
        var endpoints = new StoredUiMessageEndpoints(new ConversationReplies(
            new StoredReplies(new ReaderLimit(TimeProvider.System), new MemoryBudget(1_000_000, TimeProvider.System),
                ReplyMemory.Create(TimeProvider.System), NullLogger<StoredReplies>.Instance, _storage),
            new ReplyPlayback(new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), TimeProvider.System, NullLogger<ReplyPlayback>.Instance)));
        var run = endpoints.ResumeAsync(context);
        await _store.WaitForAsync("read");
        await _store.WaitForAsync("read"); // The first one was written.
        return run;
    }

    private async Task AssertEndsAsync(Task run, string message)
    {
        await Assert.ThrowsAsync<RelayFailedException>(() => run);
        AssertError(message);
    }

    private void AssertError(string message)
    {
        var reading = UiMessageReading.Of(Encoding.UTF8.GetString(_body.ToArray()));
        Assert.Equal((message, "a"), (reading.Error, reading.Text));
    }

    // As on a server once bytes were sent.
    private sealed class StartedResponse : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }

    private sealed class Deadline(CancellationToken token) : IHttpRequestTimeoutFeature
    {
        public CancellationToken RequestTimeoutToken => token;

        public void DisableTimeout()
        {
            // The deadline of Lambda cannot be disabled.
        }
    }
}
