using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Models;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// A request of the Responses API, validated. Fields that are not known are ignored: clients add fields in almost every release. Source:
/// https://platform.openai.com/docs/api-reference/responses/create
/// </summary>
internal sealed class ResponsesRequest
{
    /// <summary>The field that selects the events of the thinking. The relay adds it to the API.</summary>
    public const string ReasoningMember = "reasoning_output";

    private const int MaximumLogprobs = 20;

    private static readonly string[] Texts =
        ["truncation", "service_tier", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "user"];

    private static readonly string[] Formats = ["json_object", "json_schema", "text"];

    private readonly ConfigurationUpdates _updates;
    private readonly Conversation _conversation;
    private readonly ToolChoice _choice;

    /// <param name="root">The request body.</param>
    /// <param name="maximumItems">The most items of the input and the history.</param>
    /// <param name="history">The items of the responses before; null for none.</param>
    /// <param name="stored">The items to which the input refers; null for none.</param>
    /// <exception cref="ErrorResponseException">A field is invalid.</exception>
    public ResponsesRequest(RequestJson json, JsonElement root, int maximumItems, RequestItem? history = null,
        IStoredItems? stored = null)
    {
        Root = new RequestItem(root, "");
        Refuse();
        IsStreamed = json.Flag("stream");
        PreviousId = json.FindText("previous_response_id");
        IsBackground = json.Flag("background");
        IsWarmUp = ReadWarmUp();
        IsStored = !IsWarmUp && (json.Flag("store") || IsBackground || json.Find("store") is null);
        CheckUnused(json);
        MaxOutputTokens = json.FindInteger("max_output_tokens", 1, int.MaxValue);
        TopLogprobs = json.FindInteger("top_logprobs", 0, MaximumLogprobs) ?? 0;
        _updates = new ConfigurationUpdates(Root, history);
        Format = ReadFormat();
        var include = (Root.Find("include")?.Expect(FieldType.Strings).Elements() ?? [])
            .Select(value => value.Expect(FieldType.String).Value.GetString()).ToList();
        WantsThinking = include.Contains("reasoning.encrypted_content");
        WantsLogprobs = TopLogprobs > 0 || include.Contains("message.output_text.logprobs");
        ReasoningForm = json.FindText(ReasoningMember);
        Tools = new ToolList(Root, history);
        _choice = new ToolChoice(Root, Tools);
        _conversation = new Conversation(Root, history, stored, maximumItems);
    }

    public RequestItem Root { get; }

    /// <summary>True if the client requests an event stream.</summary>
    public bool IsStreamed { get; }

    /// <summary>True unless the client wants nothing to be stored.</summary>
    public bool IsStored { get; }

    /// <summary>True if the client does not wait for the response. It is always stored.</summary>
    public bool IsBackground { get; }

    /// <summary>True if the request only fills the cache of the model server. Its response has no output, and is not stored.</summary>
    public bool IsWarmUp { get; }

    /// <summary>The id of the response that this one follows; null for none.</summary>
    public string? PreviousId { get; }

    /// <summary>The input: a string or an array of items.</summary>
    public RequestItem Input => _conversation.Input;

    public long? MaxOutputTokens { get; }

    public long TopLogprobs { get; }

    /// <summary>True if the thinking is returned as <c>encrypted_content</c> also.</summary>
    public bool WantsThinking { get; }

    public bool WantsLogprobs { get; }

    /// <summary>The value of <see cref="ReasoningMember"/>; null for the model's default.</summary>
    public string? ReasoningForm { get; }

    /// <summary>The object <c>text.format</c>; null for text.</summary>
    public RequestItem? Format { get; }

    public ToolList Tools { get; }

    /// <summary>The bytes of the system message before the first message of the user.</summary>
    public int SystemLength => _conversation.SystemLength;

    /// <summary>The ids of the tool calls of the conversation.</summary>
    public IReadOnlyCollection<string> CallIds => _conversation.CallIds.Used;

    /// <summary>Creates the chat completion request: first the messages, then the tools, then what varies between requests.</summary>
    /// <param name="maximum">The highest effort that the model server knows.</param>
    public ReadOnlyMemory<byte> ToChat(ReasoningEffort maximum = ReasoningEffort.Max) => Write(writer =>
    {
        Tools.WriteTo(writer, _choice, withChoice: true);
        WriteFormat(writer);
        WriteSampling(writer, maximum);
        if (IsStreamed)
        {
            writer.WriteBoolean("stream"u8, true);
        }
    });

    /// <summary>Creates the chat completion request that counts the tokens of the prompt: it generates one token.</summary>
    /// <param name="maximum">The highest effort that the model server knows.</param>
    public ReadOnlyMemory<byte> ToCount(ReasoningEffort maximum = ReasoningEffort.Max) => Write(writer =>
    {
        Tools.WriteTo(writer, _choice, withChoice: false); // One token cannot be a tool call.
        WriteEffort(writer, maximum);
        writer.WriteNumber("max_tokens"u8, 1);
    });

    private ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> writeMembers)
    {
        var messages = new ByteBuffer(4096);
        _conversation.WriteTo(messages);
        var output = new ArrayBufferWriter<byte>(messages.Length + 1024);
        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        writer.WriteStartObject();
        writer.WritePropertyName("messages"u8);
        writer.WriteRawValue(messages.Span, skipInputValidation: true);
        writeMembers(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }

    private void WriteSampling(Utf8JsonWriter writer, ReasoningEffort maximum)
    {
        foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p", "presence_penalty", "frequency_penalty"])
        {
            if (Root.Find(name) is { } number)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(number.Expect(FieldType.Number).Raw);
            }
        }

        if (MaxOutputTokens is { } limit)
        {
            writer.WriteNumber("max_tokens"u8, limit);
        }

        WriteEffort(writer, maximum);
        if (WantsLogprobs)
        {
            writer.WriteBoolean("logprobs"u8, true);
            writer.WriteNumber("top_logprobs"u8, TopLogprobs);
        }
    }

    private void WriteEffort(Utf8JsonWriter writer, ReasoningEffort maximum)
    {
        if ((_updates.Effort ?? Root.FindObject("reasoning")?.FindText("effort")) is { } effort
            && ReasoningEfforts.Limit(effort.Value.GetString()!, maximum) is { } limited)
        {
            writer.WriteString("reasoning_effort"u8, limited);
        }
    }

    private void WriteFormat(Utf8JsonWriter writer)
    {
        if (Format is not { Type: not "text" } format)
        {
            return;
        }

        writer.WriteStartObject("response_format"u8);
        writer.WriteString("type"u8, format.Type);
        if (format.Type == "json_schema")
        {
            writer.WriteStartObject("json_schema"u8);
            foreach (var name in (ReadOnlySpan<string>)["name", "description", "strict", "schema"])
            {
                ToolWriter.WriteMember(writer, format, name);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private RequestItem? ReadFormat()
    {
        if ((_updates.Format ?? Root.FindObject("text")?.FindObject("format")) is not { } format)
        {
            return null;
        }

        if (!Formats.Contains(format.Type))
        {
            throw format.Unsupported("type", Formats);
        }

        if (format.Type == "json_schema")
        {
            _ = (format.Text("name"), format.FindText("description"), format.FindFlag("strict"), format.Object("schema"));
        }

        return format;
    }

    // Checks the fields that the response only repeats, or that have no effect.
    private void CheckUnused(RequestJson json)
    {
        Array.ForEach(Texts, name => Root.FindText(name));
        Root.FindObject("stream_options")?.FindFlag("include_obfuscation");
        var (reasoning, text) = (Root.FindObject("reasoning"), Root.FindObject("text"));
        _ = (json.Flag("parallel_tool_calls"), json.FindInteger("max_tool_calls", 1, int.MaxValue), reasoning?.FindText("effort"),
            reasoning?.FindText("summary"), text?.FindText("verbosity"));
        foreach (var (_, value) in Root.FindObject("metadata")?.Members() ?? [])
        {
            value.Expect(FieldType.String);
        }
    }

    private bool ReadWarmUp()
    {
        var options = Root.FindObject("prompt_cache_options");
        var isWarmUp = options?.FindFlag("prewarm") == true;
        return isWarmUp && IsBackground
            ? throw options!.Value.Invalid("prewarm", "a request that generates no output cannot run in the background")
            : isWarmUp;
    }

    private void Refuse()
    {
        foreach (var name in (ReadOnlySpan<string>)["conversation", "prompt"])
        {
            if (Root.Find(name) is { } stored)
            {
                throw stored.Invalid("it is not supported. Send its content as `input` and `instructions`");
            }
        }
    }
}
