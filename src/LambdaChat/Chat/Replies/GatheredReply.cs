using LambdaChat.Chat.Chunks;
using LambdaChat.Chat.Completions;
using LambdaChat.Errors;

namespace LambdaChat.Chat.Replies;

/// <summary>A reply in one piece, gathered from chunks. Its signs of life are line ends, which JSON parsers skip.</summary>
internal sealed class GatheredReply(HttpResponse response) : IReply
{
    private readonly CompletionBuilder _completion = new();
    private readonly JsonResponse _json = new(response);

    public RelayFailure? Failure => _completion.IsTooLong ? new RelayFailure(RelayError.ReplyTooLong) : null;

    public long HeldBytes => 0; // It gathers, up to its own cap.

    public long SentBytes => _json.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk) => _completion.Write(chunk);

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask BeatAsync() => _json.BeatAsync();

    public Task EndAsync(RelayFailure? failure, ChunkEditor chunks) => _json.EndAsync(failure, _completion.WriteTo);
}
