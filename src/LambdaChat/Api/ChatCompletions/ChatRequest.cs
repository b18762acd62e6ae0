using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// A chat completion request: the fields that the relay uses, validated. Source: https://platform.openai.com/docs/api-reference/chat/create
/// </summary>
internal sealed class ChatRequest
{
    /// <summary>The field that selects the form of the thinking. The relay removes it.</summary>
    public const string ReasoningMember = "reasoning_output";

    /// <summary>The field that turns off the visible text of an error in a stream. The relay removes it.</summary>
    public const string ErrorsMember = "show_errors";

    /// <summary>The field that stores the reply.</summary>
    public const string StoreMember = "store";

    /// <exception cref="ErrorResponseException">A field is invalid.</exception>
    public ChatRequest(RequestJson json)
    {
        Json = json;
        CheckMessages();
        ResponsesForm.CheckTools(json);
        IsStreamed = json.Flag("stream");
        WantsStore = json.Flag(StoreMember);
        IncludesUsage = StreamOptions.IncludesUsage(json);
        Choices = UpstreamRequest.CountChoices(json);
        Reasoning = ReadReasoning(json.FindText(ReasoningMember));
        ShowsErrors = json.Find(ErrorsMember) is null || json.Flag(ErrorsMember);
        TurnsThinkingOff = ReadTurnsThinkingOff();
        Continued = ContinuedMessage.Find(json);
        NeedsNonStreamingCall = json.Find("prompt_logprobs") is not null || (json.Find("stop") is not null && !json.IsEmptyList("stop"))
            || json.Find("logprobs")?.Type == JsonTokenType.True;
    }

    public RequestJson Json { get; }

    /// <summary>True if the client requests an event stream.</summary>
    public bool IsStreamed { get; }

    /// <summary>True if the reply is to be stored.</summary>
    public bool WantsStore { get; }

    /// <summary>True if the client requests the usage of the stream as a chunk.</summary>
    public bool IncludesUsage { get; }

    /// <summary>The number of choices.</summary>
    public int Choices { get; }

    /// <summary>The form of the thinking; null for the model's default.</summary>
    public ReasoningOutput? Reasoning { get; }

    /// <summary>False if an error in a stream has no visible text.</summary>
    public bool ShowsErrors { get; }

    /// <summary>True if the request tells the chat template not to open a thinking tag.</summary>
    public bool TurnsThinkingOff { get; }

    /// <summary>True if the model gets tools.</summary>
    public bool HasTools => Json.Find("tools") is not null && !Json.IsEmptyList("tools");

    /// <summary>The assistant message that the reply continues; null if the reply is a new message.</summary>
    public ContinuedMessage? Continued { get; }

    /// <summary>
    /// True if the request has a field that some model servers support only without streaming. In streams, vLLM omits prompt logprobs and
    /// damages texts at stop strings, mlx-lm omits logprobs, and llama.cpp omits some of them.
    /// </summary>
    public bool NeedsNonStreamingCall { get; }

    /// <summary>Returns where the reply starts, inside or before the thinking, for a model with this setting.</summary>
    public ThinkMode StartOfThinking(ThinkMode model) => model switch
    {
        ThinkMode.Off => ThinkMode.Off,
        _ when Continued is { IsInThinking: true } => ThinkMode.Started,
        ThinkMode.Started when TurnsThinkingOff || Continued is { HasAnswer: true } => ThinkMode.Auto,
        _ => model,
    };

    /// <summary>Reads the form of the thinking from the header; null if the request does not have it, or that of another API.</summary>
    /// <exception cref="ErrorResponseException">The name is unknown.</exception>
    public static ReasoningOutput? ReadReasoning(HttpContext context) =>
        ReadReasoning(context.Request.Headers[ChatCompletionEndpoint.ReasoningHeader], ChatCompletionEndpoint.ReasoningHeader);

    /// <summary>
    /// Parses the name of a form of the thinking; null for none. A client may send the form of another API with all of its requests.
    /// </summary>
    /// <param name="path">The field or the header with the name.</param>
    /// <exception cref="ErrorResponseException">The name is unknown.</exception>
    public static ReasoningOutput? ReadReasoning(string? name, string path = ReasoningMember) =>
        name is null || (Array.IndexOf(ReasoningNames.OfResponses, name) >= 0 && ReasoningNames.FindOutput(name) is null) ? null
        : ReasoningNames.FindOutput(name)
        ?? throw new ErrorResponseException(FieldErrors.Unsupported(path, name, ReasoningNames.Outputs));

    private void CheckMessages()
    {
        if (Json.Find("messages") is not { } messages)
        {
            throw Json.Missing("messages", FieldType.Objects, ResponsesForm.ExpectedMessages(Json));
        }

        if (messages.Type != JsonTokenType.StartArray)
        {
            throw new ErrorResponseException(FieldErrors.WrongType("messages", FieldType.Objects, Json.Value(messages)));
        }

        var array = Json.Value(messages);
        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                var element = array[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
                throw new ErrorResponseException(FieldErrors.WrongType($"messages[{count}]", FieldType.Object, element));
            }

            count++;
            reader.Skip();
        }

        if (count == 0)
        {
            throw new ErrorResponseException(FieldErrors.EmptyArray("messages"));
        }
    }

    // DeepSeek's templates name the argument thinking, Qwen's and others enable_thinking.
    private bool ReadTurnsThinkingOff()
    {
        if (Json.Find("chat_template_kwargs") is not { Type: JsonTokenType.StartObject } arguments)
        {
            return false;
        }

        var (members, fault) = RequestJson.Parse(Json.Body[arguments.ValueStart..arguments.ValueEnd]);
        return members is null
            ? throw new ErrorResponseException(fault!)
            : members.Find("enable_thinking")?.Type == JsonTokenType.False || members.Find("thinking")?.Type == JsonTokenType.False;
    }
}
