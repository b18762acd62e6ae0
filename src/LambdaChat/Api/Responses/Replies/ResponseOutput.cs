using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// The output of a response: its finished items, and the events of the open one. Streaming and non-streaming responses have the same
/// output.
/// </summary>
/// <param name="events">Receives the events; null for a non-streaming response.</param>
internal sealed class ResponseOutput(ResponseItem item, EventWriter? events) : IBlockOutput, IDisposable
{
    private const int MaximumLength = 16 * 1024 * 1024; // Bytes, as for chat completions.
    private const int MaximumStreamedLength = 4 * 1024 * 1024; // Bytes. The last events contain the output four times.

    private readonly ByteBuffer _items = new(1024, isPooled: true);
    private readonly ByteBuffer _json = new(1024, isPooled: true);
    private readonly ByteBuffer _deltaHead = new(128); // Of the open item's deltas: what precedes the number, and what follows it.
    private readonly ByteBuffer _deltaMembers = new(128);
    private readonly HashSet<ClientTool> _loaded = [];
    private int _count;

    public int Length => _items.Length + item.Text.Length + item.Logprobs.Length;

    /// <summary>True if the output is longer than a response may be.</summary>
    public bool IsTooLong => Length > (events is null ? MaximumLength : MaximumStreamedLength);

    /// <summary>The finished items: the elements of an array.</summary>
    public ReadOnlySpan<byte> Items => _items.Span;

    public void Start(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        if (kind == BlockKind.ToolCall && item.Find(name) is { SearchOutput: not null } deferred && _loaded.Add(deferred))
        {
            WriteSearch(deferred);
        }

        item.Start(kind, _count, id, name);
        if (events is null)
        {
            return;
        }

        _json.Clear();
        item.WriteTo(_json, "in_progress"u8, isOpen: true);
        WriteItem("response.output_item.added"u8);
        if (kind != BlockKind.ToolCall)
        {
            WritePart(IsSummary ? "response.reasoning_summary_part.added"u8 : "response.content_part.added"u8, default);
        }

        _deltaHead.Clear();
        EventWriter.WriteHead(DeltaType, _deltaHead);
        _deltaMembers.Clear();
        _deltaMembers.Append(item.Place.Span);
        _deltaMembers.Append(",\"delta\":\""u8);
    }

    public void Append(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        item.Text.Append(escaped);
        if (!logprobs.IsEmpty)
        {
            item.Logprobs.Append(item.Logprobs.Length > 0 ? ","u8 : default);
            item.Logprobs.Append(logprobs);
        }

        if (events is null || item.IsCustom || item.IsSearch)
        {
            return;
        }

        if (logprobs.IsEmpty)
        {
            events.WriteDelta(_deltaHead.Span, _deltaMembers.Span, escaped,
                item.Kind == BlockKind.Text ? "\",\"logprobs\":[]}\n\n"u8 : "\"}\n\n"u8);
        }
        else
        {
            events.Begin(DeltaType);
            WriteTextMembers(",\"delta\":\""u8, escaped, logprobs);
        }
    }

    public void Stop(bool isComplete)
    {
        if (item.Kind == BlockKind.ToolCall)
        {
            StopCall(isComplete);
        }
        else
        {
            StopText();
        }

        _json.Clear();
        item.WriteTo(_json, isComplete ? "completed"u8 : "incomplete"u8, isOpen: false);
        EndItem();
        item.Text.Clear();
        item.Logprobs.Clear();
    }

    public void Dispose()
    {
        item.Dispose();
        _items.Return();
        _json.Return();
    }

    private bool IsSummary => item is { Kind: BlockKind.Thinking, IsReasoningText: false };

    private ReadOnlySpan<byte> DeltaType => item.Kind switch
    {
        BlockKind.Text => "response.output_text.delta"u8,
        BlockKind.Thinking => IsSummary ? "response.reasoning_summary_text.delta"u8 : "response.reasoning_text.delta"u8,
        BlockKind.Refusal => "response.refusal.delta"u8,
        _ => "response.function_call_arguments.delta"u8,
    };

    // A call without arguments has an empty object: clients parse it.
    private void StopCall(bool isComplete)
    {
        if (item.IsCustom)
        {
            item.UnwrapInput();
            events?.WriteText("response.custom_tool_call_input.delta"u8, item.Place.Span, ",\"delta\":\""u8, item.Text.Span);
            events?.WriteText("response.custom_tool_call_input.done"u8, item.Place.Span, ",\"input\":\""u8, item.Text.Span);
            return;
        }

        if (item.IsSearch)
        {
            return;
        }

        if (isComplete && item.Text.Length == 0)
        {
            Append("{}"u8, default);
        }

        if (events is not null)
        {
            _json.Clear();
            _json.Append(item.Place.Span);
            _json.Append(",\"name\":"u8);
            _json.Append(JsonText.Quote(item.Tool!.Name));
            events.WriteText("response.function_call_arguments.done"u8, _json.Span, ",\"arguments\":\""u8, item.Text.Span);
        }
    }

    private void StopText()
    {
        switch (item.Kind)
        {
            case var _ when events is null:
                return;
            case BlockKind.Text:
                events.Begin("response.output_text.done"u8);
                WriteTextMembers(",\"text\":\""u8, item.Text.Span, item.Logprobs.Span);
                break;
            case BlockKind.Refusal:
                events.WriteText("response.refusal.done"u8, item.Place.Span, ",\"refusal\":\""u8, item.Text.Span);
                break;
            default:
                var type = IsSummary ? "response.reasoning_summary_text.done"u8 : "response.reasoning_text.done"u8;
                events.WriteText(type, item.Place.Span, ",\"text\":\""u8, item.Text.Span);
                break;
        }

        WritePart(IsSummary ? "response.reasoning_summary_part.done"u8 : "response.content_part.done"u8, item.Text.Span);
    }

    private void WriteTextMembers(ReadOnlySpan<byte> member, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        var output = events!.Members;
        output.Append(item.Place.Span);
        output.Append(member);
        output.Append(escaped);
        output.Append("\",\"logprobs\":["u8);
        output.Append(logprobs);
        output.Append("]"u8);
        events.End();
    }

    private void WritePart(ReadOnlySpan<byte> type, ReadOnlySpan<byte> text)
    {
        events!.Begin(type);
        events.Members.Append(item.Place.Span);
        events.Members.Append(",\"part\":"u8);
        item.WritePart(events.Members, text);
        events.End();
    }

    private void WriteSearch(ClientTool tool)
    {
        foreach (var isOutput in (ReadOnlySpan<bool>)[false, true])
        {
            _json.Clear();
            item.WriteSearch(_json, _count, tool, isOutput, "in_progress"u8);
            WriteItem("response.output_item.added"u8);
            _json.Clear();
            item.WriteSearch(_json, _count, tool, isOutput, "completed"u8);
            EndItem();
        }
    }

    private void EndItem()
    {
        WriteItem("response.output_item.done"u8);
        _items.Append(_items.Length > 0 ? ","u8 : default);
        _items.Append(_json.Span);
        _count++;
    }

    private void WriteItem(ReadOnlySpan<byte> type)
    {
        if (events is not null)
        {
            events.Begin(type);
            events.Members.Append(",\"output_index\":"u8);
            events.Members.AppendNumber(_count);
            events.Members.Append(",\"item\":"u8);
            events.Members.Append(_json.Span);
            events.End();
        }
    }
}
