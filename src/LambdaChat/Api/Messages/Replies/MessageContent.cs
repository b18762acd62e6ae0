using System.Text;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>Writes a message as one JSON document of at most <see cref="MaximumLength"/> bytes.</summary>
internal sealed class MessageContent : IBlockOutput, IDisposable
{
    private const int MaximumLength = 16 * 1024 * 1024; // Bytes, as for chat completions.

    private readonly ByteBuffer _json = new(1024, isPooled: true);
    private readonly ByteBuffer _input = new(256, isPooled: true);
    private readonly MessageHead _head;
    private readonly int _start;
    private BlockKind _kind;

    public MessageContent(MessageHead head)
    {
        _head = head;
        head.WriteStart(_json);
        _start = _json.Length;
    }

    public int Length => _json.Length + _input.Length;

    public bool IsTooLong => Length > MaximumLength;

    /// <summary>The document, once <see cref="End"/> was called.</summary>
    public ReadOnlyMemory<byte> Json => _json.Memory;

    public void Start(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        _kind = kind;
        _json.Append(_json.Length > _start ? ","u8 : default);
        switch (kind)
        {
            case BlockKind.Thinking:
                _json.Append("{\"type\":\"thinking\",\"thinking\":\""u8);
                break;
            case BlockKind.ToolCall:
                _head.WriteCallStart(_json, id, name);
                _json.Append("\",\"caller\":{\"type\":\"direct\"},\"input\":"u8);
                _input.Clear();
                break;
            default:
                _json.Append("{\"type\":\"text\",\"text\":\""u8);
                break;
        }
    }

    public void Append(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        if (_kind != BlockKind.Thinking || !_head.Thinking.TryOmit(escaped))
        {
            (_kind == BlockKind.ToolCall ? _input : _json).Append(escaped);
        }
    }

    public void Stop(bool isComplete)
    {
        switch (_kind)
        {
            case BlockKind.Thinking:
                _json.Append("\",\"signature\":\""u8);
                _head.Thinking.WriteSignature(_json);
                _json.Append("\"}"u8);
                break;
            case BlockKind.ToolCall:
                WriteInput();
                _json.Append("}"u8);
                break;
            default:
                _json.Append("\",\"citations\":null}"u8);
                break;
        }
    }

    /// <summary>Completes the document.</summary>
    public void End(MessageState state) => MessageHead.WriteEnd(_json, state);

    public void Dispose()
    {
        _json.Return();
        _input.Return();
    }

    // The input of a tool is an object. Other text, from a model that erred or was cut, is kept as the member that Anthropic's
    // documents name for it: https://docs.claude.com/en/docs/agents-and-tools/tool-use/fine-grained-tool-streaming
    private void WriteInput()
    {
        var json = JsonText.ToValid(Encoding.UTF8.GetBytes(JsonText.Decode(_input.Span)));
        if (json.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            _json.Append("{}"u8);
        }
        else if (ToolJson.IsObject(json))
        {
            _json.Append(json);
        }
        else
        {
            _json.Append("{\"INVALID_JSON\":\""u8);
            _json.Append(_input.Span);
            _json.Append("\"}"u8);
        }

        _input.Clear();
    }
}
