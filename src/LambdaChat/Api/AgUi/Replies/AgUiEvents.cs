using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.AgUi.Replies;

/// <summary>
/// Writes a reply as the events of an AG-UI run. Clients reject null, an event after the last one, and a message that is still open at the
/// end. Source: https://docs.ag-ui.com/concepts/events
/// </summary>
/// <param name="threadId">The id of the conversation, as a JSON string.</param>
/// <param name="runId">The id of the run, as a JSON string.</param>
/// <param name="id">The beginning of the ids of messages.</param>
/// <param name="model">The model's name in the request.</param>
/// <param name="ids">The ids of the tool calls so far.</param>
/// <param name="snapshot">The event with the messages before the run, for a client that resumes it.</param>
/// <param name="isForOldClients">Whether clients that do not know the events of thinking must skip them.</param>
internal sealed class AgUiEvents(
    byte[] threadId, byte[] runId, string id, string model, ToolCallIds ids, ByteBuffer output, ReadOnlyMemory<byte> snapshot = default,
    bool isForOldClients = false) : IBlockEvents
{
    private readonly ByteBuffer _place = new(64); // The member that names the open message or call.
    private readonly ByteBuffer _delta = new(128); // The start of each of its delta events.
    private List<byte[]>? _cutCalls; // As members.
    private BlockKind _kind;
    private JsonProgress _arguments;
    private int _message;

    public bool IsTooLong => false; // Nothing is kept.

    public void StartResponse(IHeaderDictionary headers)
    {
        WriteRun("RUN_STARTED"u8, default);
        output.Append(snapshot.Span);
    }

    public void Start(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        (_kind, _arguments) = (kind, default);
        _place.Clear();
        if (kind == BlockKind.ToolCall)
        {
            _place.Append("\"toolCallId\":"u8);
            _place.Append(ids.MakeUnique(id));
        }
        else
        {
            _place.Append("\"messageId\":\""u8);
            AppendMessageId();
            _place.Append("\""u8);
        }

        WriteStart(name);
        _delta.Clear();
        AppendType(_delta, kind switch
        {
            BlockKind.Thinking => "REASONING_MESSAGE_CONTENT"u8,
            BlockKind.ToolCall => "TOOL_CALL_ARGS"u8,
            _ => "TEXT_MESSAGE_CONTENT"u8,
        });
        _delta.Append(_place.Span);
        _delta.Append(",\"delta\":\""u8);
    }

    public void Append(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        if (_kind == BlockKind.ToolCall)
        {
            _arguments.Add(escaped);
        }

        output.Append(_delta.Span);
        output.Append(escaped);
        output.Append("\"}\n\n"u8);
    }

    public void Stop(bool isComplete)
    {
        switch (_kind)
        {
            case BlockKind.Thinking:
                Write("REASONING_MESSAGE_END"u8, default);
                Write("REASONING_END"u8, default);
                break;
            case BlockKind.ToolCall: // A page parses the arguments, and runs the tool after the end of the run.
                if (_arguments.IsBlank && isComplete)
                {
                    Append("{}"u8, default);
                }

                Write("TOOL_CALL_END"u8, default);
                if (!isComplete && !_arguments.IsComplete)
                {
                    (_cutCalls ??= []).Add(_place.Span.ToArray());
                }

                break;
            default:
                Write("TEXT_MESSAGE_END"u8, default);
                break;
        }
    }

    public void End(ReplyBlocks reply)
    {
        _cutCalls?.ForEach(WriteResult);
        var members = new ByteBuffer(256);
        if (reply.Usage.IsKnown)
        {
            members.Append(",\"usage\":[{\"model\":"u8);
            members.Append(JsonText.Quote(model));
            members.Append(","u8);
            reply.Usage.WriteTo(members);
            members.Append("}]"u8);
        }

        members.Append(",\"metadata\":{\"finishReason\":\""u8);
        members.Append(reply.Finish switch
        {
            FinishReason.Length => "length"u8,
            FinishReason.ContentFilter => "content_filter"u8,
            _ => reply.HasToolCall ? "tool_calls"u8 : "stop"u8,
        });
        members.Append("\"}"u8);
        WriteRun("RUN_FINISHED"u8, members.Span);
    }

    public void Fail(ApiError error)
    {
        _cutCalls?.ForEach(WriteResult);
        output.Append("data: {\"type\":\"RUN_ERROR\",\"message\":"u8);
        output.Append(JsonText.Quote(error.Message));
        output.Append(",\"code\":"u8);
        output.Append(JsonText.Quote(error.Code ?? error.Type));
        output.Append("}\n\n"u8);
    }

    public void Dispose()
    {
        // Nothing is kept.
    }

    private void WriteStart(ReadOnlySpan<byte> name)
    {
        switch (_kind)
        {
            case BlockKind.Thinking:
                Write("REASONING_START"u8, default);
                Write("REASONING_MESSAGE_START"u8, ",\"role\":\"reasoning\""u8);
                break;
            case BlockKind.ToolCall:
                Write("TOOL_CALL_START"u8, [.. ",\"toolCallName\":\""u8, .. name, .. "\""u8]);
                break;
            default:
                Write("TEXT_MESSAGE_START"u8, ",\"role\":\"assistant\""u8);
                break;
        }
    }

    // CopilotKit runs each call without a result, also of a failed run.
    private void WriteResult(byte[] call)
    {
        _kind = BlockKind.ToolCall;
        _place.Clear();
        _place.Append(call);
        _place.Append(",\"messageId\":\""u8);
        AppendMessageId();
        _place.Append("\""u8);
        Write("TOOL_CALL_RESULT"u8, ",\"role\":\"tool\",\"content\":\"The tool was not run, because its input was cut.\""u8);
    }

    private void Write(ReadOnlySpan<byte> type, ReadOnlySpan<byte> members)
    {
        AppendType(output, type);
        output.Append(_place.Span);
        output.Append(members);
        output.Append("}\n\n"u8);
    }

    // Version 0.0.42 of the client rejects unknown types. It skips lines without the space, which is optional:
    // https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    private void AppendType(ByteBuffer buffer, ReadOnlySpan<byte> type)
    {
        buffer.Append(isForOldClients && _kind == BlockKind.Thinking ? "data:{\"type\":\""u8 : "data: {\"type\":\""u8);
        buffer.Append(type);
        buffer.Append("\","u8);
    }

    private void WriteRun(ReadOnlySpan<byte> type, ReadOnlySpan<byte> members)
    {
        output.Append("data: {\"type\":\""u8);
        output.Append(type);
        output.Append("\",\"threadId\":"u8);
        output.Append(threadId);
        output.Append(",\"runId\":"u8);
        output.Append(runId);
        output.Append(members);
        output.Append("}\n\n"u8);
    }

    private void AppendMessageId()
    {
        _message++;
        _place.Append(JsonText.Quote(id).AsSpan()[1..^1]);
        _place.Append("_"u8);
        _place.AppendNumber(_message);
    }
}
