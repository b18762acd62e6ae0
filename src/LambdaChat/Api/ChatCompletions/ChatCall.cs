using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>The call of a model for a chat completion request, or for a request of another API that was translated into one.</summary>
internal sealed class ChatCall
{
    private readonly IncomingRequest _incoming;
    private readonly ChatRequest _chat;
    private readonly int _systemLength;
    private List<ReadOnlyMemory<byte>> _body = []; // Of the last call.

    public ChatCall(IncomingRequest incoming, ChatRequest chat, int systemLength = int.MaxValue) =>
        (_incoming, _chat, _systemLength) = (incoming, chat, systemLength);

    /// <param name="incoming">The request as it was sent.</param>
    /// <param name="chat">The chat completion request.</param>
    /// <param name="systemLength">The bytes of its system message before the first message of the user.</param>
    /// <exception cref="ErrorResponseException">A field is invalid, or no memory is left for the translation.</exception>
    public ChatCall(IncomingRequest incoming, ReadOnlyMemory<byte> chat, int systemLength)
        : this(incoming, Parse(incoming, chat), systemLength)
    {
    }

    /// <summary>The name that the API has for the conversation; null for none.</summary>
    public string? Conversation { get; init; }

    /// <summary>The routing hint of the response that the request continues; null for none.</summary>
    public RoutingHint? InheritedHint { get; init; }

    /// <summary>The routing hint; null if the model has none.</summary>
    public RoutingHint? Hint => field ??=
        RoutingHints.Create(_incoming, Conversation, new ConversationStart(_chat.Json, _systemLength), InheritedHint);

    /// <summary>True if the client gets no thinking: the request or, if it does not name a form, the model hides it.</summary>
    /// <exception cref="ErrorResponseException">The header has another value than the settings of the thinking.</exception>
    public bool HidesThinking =>
        (ChatRequest.ReadReasoning(_incoming.Context) ?? _incoming.Model.Reasoning) == ReasoningOutput.Hidden;

    /// <summary>Reserves the usage. Null if the caller has no limits.</summary>
    public UsageLease? Reserve(HttpContext context, UsageLimiter? limiter) =>
        limiter?.Reserve(context, _incoming.Model, () => TokenEstimator.Of(_chat.Json, _incoming.Model, ModelTasks.Chat));

    /// <summary>Creates the form of the chunks.</summary>
    /// <param name="id">The id of the chunks.</param>
    /// <param name="created">The Unix time of the chunks.</param>
    public OutputFormat CreateFormat(string id, long created, ReasoningOutput reasoning) =>
        new(_incoming.ModelName, OutputFormat.ChatChunk, id, created)
        {
            Reasoning = reasoning,
            Think = _chat.StartOfThinking(_incoming.Model.Think),
            MayEndWithDone = _incoming.Model.MayEndWithDone,
            MaxTokens = _incoming.Model.MaxTokens,
            HasTools = _chat.HasTools,
        };

    /// <summary>Creates the call for a reply. With <c>gather</c>, the model server streams the reply even if the client does not.</summary>
    /// <param name="isStreamed">True if the client requests a stream.</param>
    /// <param name="wantsUsage">True to request the usage of a stream.</param>
    public RelayRequest CreateCall(OutputFormat format, bool isStreamed, bool wantsUsage)
    {
        var gathers = !isStreamed && _incoming.Model.Gather && !_chat.NeedsNonStreamingCall;
        var streams = isStreamed || gathers;
        return CreateSingleCall(format, streams, wantsUsage) with
        {
            BodyWithoutStream = gathers ? () => CreateBody(isStreamed: false, wantsUsage) : null,
            ContinuedBody = streams ? ContinuationRequest.Prepare(_chat, _incoming.Model, wantsUsage) : null,
        };
    }

    /// <summary>Creates the call for a reply of another API.</summary>
    /// <param name="id">The id of the chunks.</param>
    /// <param name="created">The Unix time of the chunks.</param>
    /// <param name="isStreamed">True if the client requests a stream.</param>
    public RelayRequest CreateCall(string id, long created, bool isStreamed, bool hidesThinking) => CreateCall(
        CreateFormat(id, created, hidesThinking ? ReasoningOutput.Hidden : ReasoningOutput.ReasoningContent), isStreamed, wantsUsage: true);

    /// <summary>Creates the call for a reply that is always streamed, with the thinking unless the client or the model hides it.</summary>
    /// <param name="id">The id of the chunks.</param>
    /// <exception cref="ErrorResponseException">The header has another value than the settings of the thinking.</exception>
    public RelayRequest CreateStream(string id, TimeProvider timeProvider) => CreateCall(
        id, timeProvider.GetUtcNow().ToUnixTimeSeconds(), isStreamed: true, HidesThinking);

    /// <summary>Creates a call without a stream or thinking, of which only the usage counts.</summary>
    public RelayRequest CreateSingleCall(string id, long created) =>
        CreateSingleCall(CreateFormat(id, created, ReasoningOutput.Hidden), isStreamed: false, wantsUsage: true);

    /// <summary>
    /// Releases the memory of the requests: <see cref="RelayRequest.Release"/> for the APIs whose writers do not read the request.
    /// </summary>
    public void Release()
    {
        _chat.Json.Release();
        _incoming.Release(_body);
    }

    private static ChatRequest Parse(IncomingRequest incoming, ReadOnlyMemory<byte> chat)
    {
        incoming.Body.Reserve(chat.Length);
        var (json, fault) = RequestJson.Parse(chat);
        return new ChatRequest(json ?? throw new ErrorResponseException(fault!));
    }

    private RelayRequest CreateSingleCall(OutputFormat format, bool isStreamed, bool wantsUsage)
    {
        var model = _incoming.Model;
        return new RelayRequest(model, UpstreamChatRequest.ModeOf(model, isStreamed), CreateBody(isStreamed, wantsUsage), format)
        {
            IsStreamed = isStreamed,
            Headers = _incoming.Headers,
            Hint = UpstreamChatRequest.HintOf(_chat, model, Hint),
        };
    }

    private List<ReadOnlyMemory<byte>> CreateBody(bool isStreamed, bool wantsUsage) =>
        _body = UpstreamChatRequest.Create(_chat, _incoming.Model, isStreamed, wantsUsage);
}
