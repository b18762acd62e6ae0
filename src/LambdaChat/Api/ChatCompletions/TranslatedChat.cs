using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>A request of another API that was translated into a chat completion request.</summary>
internal sealed class TranslatedChat
{
    private readonly IncomingRequest _incoming;
    private readonly ChatRequest _chat;
    private readonly int _systemLength;
    private List<ReadOnlyMemory<byte>> _body = [];

    /// <param name="incoming">The request as it was sent.</param>
    /// <param name="chat">The chat completion request.</param>
    /// <param name="systemLength">The bytes of its system message before the first message of the user.</param>
    /// <exception cref="InvalidRequestException">A field is invalid, or no memory is left for the translation.</exception>
    public TranslatedChat(IncomingRequest incoming, ReadOnlyMemory<byte> chat, int systemLength)
    {
        incoming.Body.Reserve(chat.Length);
        var (json, fault) = RequestJson.Parse(chat);
        _chat = new ChatRequest(json ?? throw new InvalidRequestException(fault!));
        (_incoming, _systemLength) = (incoming, systemLength);
    }

    /// <summary>The name that the API has for the conversation; null for none.</summary>
    public string? Conversation { get; init; }

    /// <summary>The routing hint of the response that the request continues; null for none.</summary>
    public RoutingHint? InheritedHint { get; init; }

    /// <summary>The routing hint; null if the model has none.</summary>
    public RoutingHint? Hint => field ??=
        RoutingHints.Create(_incoming, Conversation, new ConversationStart(_chat.Json, _systemLength), InheritedHint);

    /// <summary>True if the client gets no thinking: the request or, if it does not name a form, the model hides it.</summary>
    /// <exception cref="InvalidRequestException">The header has another value than the settings of the thinking.</exception>
    public bool HidesThinking =>
        (ChatRequest.ReadReasoning(_incoming.Context) ?? _incoming.Model.Reasoning) == ReasoningOutput.Hidden;

    /// <summary>Reserves the usage. Null if the caller has no limits.</summary>
    public UsageLease? Reserve(HttpContext context, UsageLimiter? limiter) =>
        limiter?.Reserve(context, _incoming.Model, () => TokenEstimator.Of(_chat.Json, _incoming.Model, ModelTasks.Chat));

    /// <summary>Creates the call for a reply. With <c>gather</c>, the model server streams the reply even if the client does not.</summary>
    /// <param name="id">The id of the chunks.</param>
    /// <param name="created">The Unix time of the chunks.</param>
    /// <param name="isStreamed">True if the client requests a stream.</param>
    public RelayRequest CreateCall(string id, long created, bool isStreamed, bool hidesThinking)
    {
        var gathers = !isStreamed && _incoming.Model.Gather && !_chat.NeedsNonStreamingCall;
        return CreateSingleCall(id, created, isStreamed || gathers, hidesThinking) with
        {
            BodyWithoutStream = gathers ? () => CreateBody(isStreamed: false) : null,
            ContinuedBody = isStreamed || gathers
                ? ContinuationRequest.Prepare(_chat, _incoming.Model, wantsUsage: true)
                : null,
        };
    }

    /// <summary>Creates the call for a reply that is always streamed, with the thinking unless the client or the model hides it.</summary>
    /// <param name="id">The id of the chunks.</param>
    /// <exception cref="InvalidRequestException">The header has another value than the settings of the thinking.</exception>
    public RelayRequest CreateStream(string id, TimeProvider timeProvider) => CreateCall(
        id, timeProvider.GetUtcNow().ToUnixTimeSeconds(), isStreamed: true, HidesThinking);

    /// <summary>Creates the call, with or without a stream of the model server.</summary>
    public RelayRequest CreateSingleCall(string id, long created, bool isStreamed, bool hidesThinking)
    {
        var model = _incoming.Model;
        var format = new OutputFormat(_incoming.ModelName, OutputFormat.ChatChunk, id, created)
        {
            Reasoning = hidesThinking ? ReasoningOutput.Hidden : ReasoningOutput.ReasoningContent,
            Think = _chat.StartOfThinking(model.Think),
            IsDoneEnough = model.IsDoneEnough,
            MaxTokens = model.MaxTokens,
            HasTools = _chat.HasTools,
        };
        return new RelayRequest(model, UpstreamChatRequest.ModeOf(model, isStreamed), CreateBody(isStreamed), format)
        {
            IsStreamed = isStreamed,
            Headers = _incoming.Headers,
            Hint = UpstreamChatRequest.HintOf(_chat, model, Hint),
        };
    }

    /// <summary>
    /// Releases the memory of both requests: <see cref="RelayRequest.Release"/> for the APIs whose writers do not read the request.
    /// </summary>
    public void Release()
    {
        _chat.Json.Release();
        _incoming.Release(_body);
    }

    private List<ReadOnlyMemory<byte>> CreateBody(bool isStreamed) =>
        _body = UpstreamChatRequest.Create(_chat, _incoming.Model, isStreamed, wantsUsage: true);
}
