using System.Text;
using System.Text.Json;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>The open item of a response, with its text so far, escaped as in JSON.</summary>
internal sealed class ResponseItem(ResponseIds ids, ToolNames names, ToolCallIds calls, bool isReasoningText, bool includesThinking)
    : IDisposable
{
    private readonly ByteBuffer _head = new(256); // The members that do not change.

    public BlockKind Kind { get; private set; }

    /// <summary>The text of a message or the thinking, or the arguments of a call.</summary>
    public ByteBuffer Text { get; } = new(1024, isPooled: true);

    /// <summary>The log probabilities of the text: the elements of an array.</summary>
    public ByteBuffer Logprobs { get; } = new(256, isPooled: true);

    /// <summary>The members of events that say which item they are about.</summary>
    public ByteBuffer Place { get; } = new(128);

    /// <summary>The tool of a call, as the client knows it.</summary>
    public ClientTool? Tool { get; private set; }

    public bool IsCustom => Tool is { IsCustom: true };

    /// <summary>True for a tool search that the client runs.</summary>
    public bool IsSearch => Tool is { IsSearch: true };

    public bool IsReasoningText => isReasoningText;

    /// <summary>The members of events that say which part of the item they are about.</summary>
    public ReadOnlySpan<byte> PartPlace => Kind switch
    {
        BlockKind.Thinking when !isReasoningText => ",\"summary_index\":0"u8,
        BlockKind.ToolCall => default,
        _ => ",\"content_index\":0"u8,
    };

    /// <summary>Returns the tool of a call that the model makes.</summary>
    public ClientTool Find(ReadOnlySpan<byte> name) => names.Find(JsonText.Decode(name));

    /// <summary>Begins an item.</summary>
    public void Start(BlockKind kind, int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        Kind = kind;
        Text.Clear();
        Logprobs.Clear();
        Tool = kind == BlockKind.ToolCall ? Find(name) : null;
        WriteHead(index, id);
        Place.Clear();
        Place.Append(",\"item_id\":\""u8);
        ids.AppendItem(Place, Prefix, index);
        Place.Append("\",\"output_index\":"u8);
        Place.AppendNumber(index);
        Place.Append(PartPlace);
    }

    /// <summary>Writes the item with its text.</summary>
    /// <param name="isOpen">True for the item as it begins, without a text.</param>
    public void WriteTo(ByteBuffer output, ReadOnlySpan<byte> status, bool isOpen)
    {
        output.Append(_head.Span);
        output.Append(status);
        switch (Kind)
        {
            case BlockKind.Thinking:
                WriteThinking(output, isOpen);
                break;
            case BlockKind.ToolCall when IsSearch:
                output.Append("\",\"arguments\":"u8);
                output.Append(isOpen ? "{}"u8 : ToolSearch.ArgumentsOf(Text.Span));
                output.Append("}"u8);
                break;
            case BlockKind.ToolCall:
                output.Append(IsCustom ? "\",\"input\":\""u8 : "\",\"arguments\":\""u8);
                output.Append(isOpen ? default : Text.Span);
                output.Append("\"}"u8);
                break;
            default:
                output.Append("\",\"role\":\"assistant\",\"content\":["u8);
                if (!isOpen)
                {
                    WritePart(output, Text.Span);
                }

                output.Append("]}"u8);
                break;
        }
    }

    /// <summary>
    /// Writes an item of the search that precedes the first call of a deferred tool. OpenAI's servers run this search. Here, it finds the
    /// tool that the model calls next.
    /// </summary>
    /// <param name="isOutput">False for the call of the search, true for its output.</param>
    public void WriteSearch(ByteBuffer output, int index, ClientTool tool, bool isOutput, ReadOnlySpan<byte> status)
    {
        output.Append("{\"id\":\""u8);
        ids.AppendItem(output, isOutput ? "tso_"u8 : "tsc_"u8, index);
        output.Append(isOutput ? "\",\"type\":\"tool_search_output"u8 : "\",\"type\":\"tool_search_call"u8);
        output.Append("\",\"execution\":\"server\",\"call_id\":null,\"status\":\""u8);
        output.Append(status);
        output.Append(isOutput ? "\",\"tools\":["u8 : "\",\"arguments\":{\"paths\":["u8);
        output.Append(isOutput ? tool.SearchOutput : JsonText.Quote(ToolSearch.PathOf(tool.Namespace, tool.Name)));
        output.Append(isOutput ? "]}"u8 : "]}}"u8);
    }

    /// <summary>Writes the only part of the item.</summary>
    public void WritePart(ByteBuffer output, ReadOnlySpan<byte> text)
    {
        output.Append(Kind switch
        {
            BlockKind.Thinking => isReasoningText
                ? "{\"type\":\"reasoning_text\",\"text\":\""u8
                : "{\"type\":\"summary_text\",\"text\":\""u8,
            BlockKind.Refusal => "{\"type\":\"refusal\",\"refusal\":\""u8,
            _ => "{\"type\":\"output_text\",\"text\":\""u8,
        });
        output.Append(text);
        if (Kind == BlockKind.Text)
        {
            output.Append("\",\"annotations\":[],\"logprobs\":["u8);
            output.Append(text.IsEmpty ? default : Logprobs.Span);
            output.Append("]}"u8);
        }
        else
        {
            output.Append("\"}"u8);
        }
    }

    /// <summary>Replaces the arguments of the function for a custom tool by the text that they hold.</summary>
    public void UnwrapInput()
    {
        var input = ReadInput();
        Text.Clear();
        Text.Append(input.AsSpan()[1..^1]);
    }

    public void Dispose()
    {
        Text.Return();
        Logprobs.Return();
    }

    private ReadOnlySpan<byte> Prefix => Kind switch
    {
        BlockKind.Thinking => "rs_"u8,
        BlockKind.ToolCall => IsCustom ? "ctc_"u8 : IsSearch ? "tsc_"u8 : "fc_"u8,
        _ => "msg_"u8,
    };

    private void WriteHead(int index, ReadOnlySpan<byte> id)
    {
        _head.Clear();
        _head.Append("{\"id\":\""u8);
        ids.AppendItem(_head, Prefix, index);
        _head.Append(Kind switch
        {
            BlockKind.Thinking => "\",\"type\":\"reasoning"u8,
            BlockKind.ToolCall => IsCustom ? "\",\"type\":\"custom_tool_call"u8
                : IsSearch ? "\",\"type\":\"tool_search_call\",\"execution\":\"client"u8
                : "\",\"type\":\"function_call"u8,
            _ => "\",\"type\":\"message"u8,
        });
        if (Tool is { } tool)
        {
            _head.Append("\",\"call_id\":"u8);
            _head.Append(calls.MakeUnique(id));
            _head.Append(tool.Namespace is null ? default : ",\"namespace\":"u8);
            _head.Append(tool.Namespace is null ? default : JsonText.Quote(tool.Namespace));
            _head.Append(tool.IsSearch ? default : ",\"name\":"u8);
            _head.Append(tool.IsSearch ? default : JsonText.Quote(tool.Name));
            _head.Append(tool is { IsEncrypted: true, IsCustom: false } ? ",\"encrypted_function_args\":[]"u8 : default);
            _head.Append(",\"status\":\""u8);
        }
        else
        {
            _head.Append("\",\"status\":\""u8);
        }
    }

    private void WriteThinking(ByteBuffer output, bool isOpen)
    {
        output.Append(isReasoningText ? "\",\"summary\":[],\"content\":["u8 : "\",\"summary\":["u8);
        if (!isOpen)
        {
            WritePart(output, Text.Span);
        }

        output.Append("]"u8);
        if (!isOpen && includesThinking)
        {
            output.Append(",\"encrypted_content\":\""u8);
            output.Append(Encoding.ASCII.GetBytes(ThinkingEnvelope.Encode(Text.Span)));
            output.Append("\""u8);
        }

        output.Append("}"u8);
    }

    // The quoted text. Arguments that are not in the form of the function are the text themselves. An empty object has no text.
    private byte[] ReadInput()
    {
        var arguments = JsonText.Decode(Text.Span);
        try
        {
            using var document = JsonDocument.Parse(arguments);
            var root = document.RootElement;
            var isObject = root.ValueKind == JsonValueKind.Object;
            return isObject && root.TryGetProperty(ToolWriter.CustomArgument, out var input) && input.ValueKind == JsonValueKind.String
                ? JsonText.Quote(input.GetString()!)
                : JsonText.Quote(isObject && !root.EnumerateObject().Any() ? "" : arguments);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return CutInput.Quote(arguments) ?? JsonText.Quote(arguments);
        }
    }
}
