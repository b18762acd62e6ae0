using System.Text;
using System.Text.Json;
using LambdaChat.Api.AgUi;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.UiMessages;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.ReplyStore;
using LambdaChat.Streaming;
using LambdaChat.Tests.Api.Frontends;
using LambdaChat.Tests.Api.Responses;
using LambdaChat.Tests.Relay.Chunks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>
/// Made-up replies that are stored in parts of any length, and read after each of their events, while they run and after their end: the
/// rest has the bytes of the live stream. The variables are those of <see cref="Fuzz"/>.
/// </summary>
public sealed class ResumedReplyFuzzTests
{
    private const int Share = 1000;

    private static readonly ReplyKey Key = ReplyKey.Of("a", "reply");
    private static readonly byte[] Id = "\"chatcmpl-own\""u8.ToArray();
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromMinutes(10)) { PollInterval = TimeSpan.FromMilliseconds(1) };

    private static readonly FailureKind?[] Ends =
        [null, FailureKind.StreamBroken, FailureKind.Cancelled, FailureKind.ModelSilent, FailureKind.ReplyTooLong];

    public static TheoryData<string> Apis { get; } = ["chat", "responses", FrontendReply.UiMessages, FrontendReply.AgUi];

    [Theory]
    [MemberData(nameof(Apis))]
    public Task Reply_ReadAfterEachEvent_HasTheBytesOfTheLiveStream(string api) => Fuzz.RunNumbersAsync(
        $"Resumed replies of {api}", Share, static number => number, number => CheckAsync(api, number), static _ => "");

    private static async Task CheckAsync(string api, int seed)
    {
        var random = new Random(seed);
        var chunks = ChunkLog.Run(Format, new GeneratedReply(seed).Records).Log.Chunks;
        var failure = Ends[random.Next(Ends.Length)] is { } kind ? new ReplyFailure(kind) : null;
        chunks = failure is null ? chunks : chunks[..random.Next(1, chunks.Count + 1)];
        var end = new ReplyEnd(failure, Id, Usage: null) { EndedAt = DateTimeOffset.UnixEpoch.AddYears(56) };
        var (stored, create) = Create(api);
        var live = await WriteLiveAsync(create, chunks, end);

        var parts = Divide(chunks, random);
        var events = live.Split("\n\n")[..^1].Select(text => text + "\n\n").ToList();
        var last = api is "chat" or "responses" ? events.Count - 1 : 0; // [DONE] has no number.
        for (var after = -1; after < last; after++)
        {
            var isRunning = random.Next(10) == 0;
            var resumed = await ResumeAsync(create, after, stored, parts, end, isRunning);
            Assert.Equal(string.Concat(events.Skip(after + 1)), resumed);
        }
    }

    private static OutputFormat Format => ChunkLog.Contract() with
    {
        Id = "chatcmpl-own",
        HasOwnId = true,
        HasTools = true,
        ShowsErrors = true,
    };

    // What the API stores, and the writer of the live stream (without what was stored) or of a later one.
    private static (byte[] Stored, Func<HttpResponse, long, JsonElement?, IReplyWriter> Create) Create(string api)
    {
        switch (api)
        {
            case "chat":
                return (StoredChat.Write(Format), (response, after, stored) => new SseReply(
                    response, stored is { } json ? StoredChat.Read(json) : Format, hasIds: true, after));
            case "responses":
                var view = ResponseReply.Create(ResponseReply.Request);
                return (Write(view), (response, after, stored) =>
                    CreateResponses(response, stored is { } json ? ResponseView.Read(json) : view, after));
            case FrontendReply.UiMessages:
                var message = new StoredUiMessage(new StoredBlocks("msg_1", "r1", ["call_0"]), []);
                return (message.Write(), (response, _, stored) =>
                    (stored is { } json ? StoredUiMessage.Read(json) : message).CreateWriter(response, isResumed: stored is not null));
            default:
                var run = new StoredRun(new StoredBlocks("msg_1", "r1", ["call_0"]), "\"t\""u8.ToArray(), "\"r\""u8.ToArray());
                return (run.Write([]), (response, _, stored) =>
                    (stored is { } json ? StoredRun.Read(json) : run).CreateWriter(response, isForOldClients: false));
        }
    }

    // As the endpoints do: a later failure is then an event.
    private static async Task StartAsync(IReplyWriter writer)
    {
        switch (writer)
        {
            case ResponsesStream responses:
                await responses.BeginAsync(CancellationToken.None);
                break;
            case BlockStream blocks:
                blocks.Start();
                break;
            case SseReply chat:
                chat.Start();
                break;
        }
    }

    private static byte[] Write(ResponseView view)
    {
        var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            view.WriteTo(writer);
        }

        return output.ToArray();
    }

    private static ResponsesStream CreateResponses(HttpResponse response, ResponseView view, long after)
    {
        var resource = new ResponseResource(view, static () => true);
        return new ResponsesStream(response, view, resource, TimeSpan.FromSeconds(15), after) { IsStored = true };
    }

    private static async Task<string> WriteLiveAsync(
        Func<HttpResponse, long, JsonElement?, IReplyWriter> create, List<string> chunks, ReplyEnd end)
    {
        using var body = new MemoryStream();
        var writer = create(ResponseReply.CreateResponse(body), -1, null);
        foreach (var chunk in chunks)
        {
            Assert.True(writer.Write(Encoding.UTF8.GetBytes(chunk)));
            await writer.FlushAsync(CancellationToken.None);
        }

        await writer.EndAsync(end);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    // The stored form of the chunks, in parts that end anywhere.
    private static List<byte[]> Divide(List<string> chunks, Random random)
    {
        var (encoder, output) = (new ChunkEncoder(), new ByteBuffer(1024));
        chunks.ForEach(chunk => encoder.Write(Encoding.UTF8.GetBytes(chunk), output));
        var largest = (int)Math.Pow(8, random.Next(1, 5));
        var parts = new List<byte[]>();
        for (int start = 0, length; start < output.Length; start += length)
        {
            length = Math.Min(output.Length - start, random.Next(1, largest + 1));
            parts.Add(output.Span.Slice(start, length).ToArray());
        }

        return parts;
    }

    private static async Task<string> ResumeAsync(
        Func<HttpResponse, long, JsonElement?, IReplyWriter> create, long after, byte[] stored, List<byte[]> parts, ReplyEnd end,
        bool isRunning)
    {
        var time = TimeProvider.System;
        var store = new MemoryReplyStore(100_000_000, time);
        var later = time.GetUtcNow().AddMinutes(10);
        await store.CreateAsync(Key, new ReplyHead("g", ReplyStatus.Running, later, later), stored, CancellationToken.None);
        var count = isRunning ? parts.Count / 2 : parts.Count;
        await AppendAsync(0, count);
        await (isRunning ? Task.CompletedTask : FinishAsync());

        using var body = new MemoryStream();
        using var request = JsonDocument.Parse((await store.ReadRequestAsync(Key, CancellationToken.None))!.Compressed);
        var writer = create(ResponseReply.CreateResponse(body), after, request.RootElement);
        await StartAsync(writer);
        var reader = new ReplyReader(store, Key, Settings, time);
        Assert.True(await reader.ReadAsync(CancellationToken.None));
        var playback = new ReplyPlayback(new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), time, NullLogger<ReplyPlayback>.Instance);
        var run = playback.RunAsync(ResponseReply.CreateResponse(Stream.Null).HttpContext, reader, writer, Id);
        if (isRunning)
        {
            await AppendAsync(count, count + ((parts.Count - count) / 2));
            await Task.Yield();
            await AppendAsync(count + ((parts.Count - count) / 2), parts.Count);
            await FinishAsync();
        }

        await run;
        return Encoding.UTF8.GetString(body.ToArray());

        async Task AppendAsync(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                await store.AppendAsync(Key, new ReplyPart(i + 1, parts[i], later), CancellationToken.None);
            }
        }

        Task FinishAsync() => store.EndAsync(
            Key, "g", new ReplyEnding(StoredEnd.StatusOf(end.Failure), parts.Count, end.EndedAt, StoredEnd.Write(end.Failure)), later,
            CancellationToken.None);
    }
}
