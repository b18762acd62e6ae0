using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.UiMessages.Replies;

/// <summary>
/// Writes a reply as a UI message stream, with the parts that the AI SDK knows since version 5. A client stops at a part that it does not
/// know, and at null. Source: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
/// </summary>
/// <param name="id">The id of the message.</param>
/// <param name="model">The model's name in the request.</param>
/// <param name="ids">The ids of the tool calls so far.</param>
/// <param name="earlier">The events of earlier steps of the message, for a client that resumes it.</param>
internal sealed class UiMessageEvents(
    string id, string model, ToolCallIds ids, ByteBuffer output, ReadOnlyMemory<byte> earlier = default) : IBlockEvents
{
    private const int MaximumInput = 4 * 1024 * 1024; // Bytes of all inputs of tools.

    private readonly ByteBuffer _delta = new(128); // The beginning of the open part's deltas.
    private readonly List<ToolInput> _inputs = [];
    private BlockKind _kind;
    private int _part;
    private int _inputLength;

    public bool IsTooLong => _inputLength > MaximumInput;

    private ReadOnlySpan<byte> Name => _kind == BlockKind.Thinking ? "reasoning"u8 : "text"u8;

    public void StartResponse(IHeaderDictionary headers)
    {
        headers["x-vercel-ai-ui-message-stream"] = "v1";
        output.Append("data: {\"type\":\"start\",\"messageId\":"u8);
        output.Append(JsonText.Quote(id));
        output.Append(",\"messageMetadata\":{\"model\":"u8);
        output.Append(JsonText.Quote(model));
        output.Append("}}\n\n"u8);
        output.Append(earlier.Span);
        output.Append("data: {\"type\":\"start-step\"}\n\n"u8);
    }

    public void Start(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        _kind = kind;
        _delta.Clear();
        if (kind == BlockKind.ToolCall)
        {
            StartCall(id, name);
            return;
        }

        _part++;
        WritePart("-start"u8);
        output.Append("}\n\n"u8);
        _delta.Append("data: {\"type\":\""u8);
        _delta.Append(Name);
        _delta.Append("-delta\",\"id\":\"part-"u8);
        _delta.AppendNumber(_part);
        _delta.Append("\",\"delta\":\""u8);
    }

    public void Append(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        output.Append(_delta.Span);
        output.Append(escaped);
        output.Append("\"}\n\n"u8);
        if (_kind == BlockKind.ToolCall && !IsTooLong)
        {
            _inputs[^1].Text.Append(escaped);
            _inputLength += escaped.Length;
        }
    }

    // The input of a tool is given at the end: a client runs the tool when it has it.
    public void Stop(bool isComplete)
    {
        if (_kind != BlockKind.ToolCall)
        {
            WritePart("-end"u8);
            output.Append("}\n\n"u8);
        }
        else
        {
            _inputs[^1].MayBeCut = !isComplete;
        }
    }

    public void End(ReplyBlocks reply)
    {
        foreach (var input in _inputs)
        {
            WriteInput(input);
        }

        output.Append("data: {\"type\":\"finish-step\"}\n\ndata: {\"type\":\"finish\",\"finishReason\":\""u8);
        output.Append(reply.Finish switch
        {
            FinishReason.Length => "length"u8,
            FinishReason.ContentFilter => "content-filter"u8,
            _ => reply.HasToolCall ? "tool-calls"u8 : "stop"u8,
        });
        output.Append("\",\"messageMetadata\":{\"model\":"u8);
        output.Append(JsonText.Quote(model));
        if (reply.Usage.IsKnown)
        {
            output.Append(",\"usage\":{"u8);
            reply.Usage.WriteTo(output);
            output.Append("}"u8);
        }

        output.Append("}}\n\ndata: [DONE]\n\n"u8);
    }

    public void Fail(ApiError error)
    {
        output.Append("data: {\"type\":\"error\",\"errorText\":"u8);
        output.Append(JsonText.Quote(error.Message));
        output.Append("}\n\ndata: [DONE]\n\n"u8);
    }

    public void Dispose()
    {
        foreach (var input in _inputs)
        {
            input.Text.Return();
        }
    }

    private void StartCall(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        var input = new ToolInput(ids.MakeUnique(id), JsonText.Quote(JsonText.Decode(name)));
        _inputs.Add(input);
        _inputLength += input.Id.Length + input.Name.Length;
        output.Append("data: {\"type\":\"tool-input-start\",\"toolCallId\":"u8);
        output.Append(input.Id);
        output.Append(",\"toolName\":"u8);
        output.Append(input.Name);
        output.Append("}\n\n"u8);
        _delta.Append("data: {\"type\":\"tool-input-delta\",\"toolCallId\":"u8);
        _delta.Append(input.Id);
        _delta.Append(",\"inputTextDelta\":\""u8);
    }

    private void WritePart(ReadOnlySpan<byte> end)
    {
        output.Append("data: {\"type\":\""u8);
        output.Append(Name);
        output.Append(end);
        output.Append("\",\"id\":\"part-"u8);
        output.AppendNumber(_part);
        output.Append("\""u8);
    }

    private void WriteInput(ToolInput input)
    {
        var json = new ByteBuffer(256);
        var isValid = input.TryWrite(json);
        output.Append(isValid ? "data: {\"type\":\"tool-input-available\",\"toolCallId\":"u8
            : "data: {\"type\":\"tool-input-error\",\"toolCallId\":"u8);
        output.Append(input.Id);
        output.Append(",\"toolName\":"u8);
        output.Append(input.Name);
        output.Append(",\"input\":"u8);
        if (isValid)
        {
            output.Append(json.Span);
        }
        else
        {
            output.Append("\""u8);
            output.Append(input.Text.Span);
            output.Append("\",\"errorText\":\"The model's arguments for the tool are not a valid JSON object.\""u8);
        }

        output.Append("}\n\n"u8);
    }
}
