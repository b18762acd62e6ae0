using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>
/// Divides the pieces of a reply into blocks that do not overlap. The block of a tool call stays open until its arguments are complete.
/// Until then, the pieces of other blocks wait. Texts are escaped as in JSON.
/// </summary>
internal sealed class BlockSequence(IBlockOutput output, int maximumWaiting = BlockSequence.MaximumWaiting) : IDisposable
{
    private const int MaximumWaiting = 4 * 1024 * 1024; // Bytes.
    private const int BlockCost = 200; // Bytes of a waiting block's objects.

    private readonly Queue<WaitingBlock> _waiting = [];
    private readonly Dictionary<int, WaitingBlock> _waitingCalls = [];
    private WaitingBlock? _lastWaiting;
    private BlockKind _kind;
    private int _call; // The index of the tool call in the open block.
    private JsonProgress _arguments;
    private int _waitingLength;

    /// <summary>True if the reply has a block.</summary>
    public bool HasBlocks { get; private set; }

    /// <summary>True if the reply has a tool call.</summary>
    public bool HasToolCall { get; private set; }

    /// <summary>True if blocks wait for the end of an open tool call.</summary>
    public bool HasWaitingBlocks => _waiting.Count > 0;

    /// <summary>True if the waiting pieces exceed their cap.</summary>
    public bool IsTooLong => _waitingLength > maximumWaiting;

    /// <summary>True if a piece of a tool call, other than white space, arrived after the call was complete.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>True if a tool call's arguments have begun and are not complete.</summary>
    public bool IsWithinArguments => _kind == BlockKind.ToolCall && _arguments.IsOpen;

    private bool MustWait => _kind == BlockKind.ToolCall && !_arguments.IsComplete;

    /// <summary>Adds thinking or text. An empty text only opens its block.</summary>
    public void Add(BlockKind kind, ReadOnlySpan<byte> text, ReadOnlySpan<byte> logprobs)
    {
        if (MustWait)
        {
            var last = _lastWaiting?.Kind == kind && _waiting.Count > 0 ? _lastWaiting : Wait(new WaitingBlock(kind, -1, [], []));
            Append(last, text, logprobs);
            return;
        }

        if (_kind != kind)
        {
            Open(kind, default, default);
        }

        if (!text.IsEmpty)
        {
            output.Append(text, logprobs);
        }
    }

    /// <summary>Adds a piece of a tool call.</summary>
    public void Add(in ToolCallPiece piece)
    {
        var call = piece.Index ?? 0; // The relay numbers all calls.
        if (_kind == BlockKind.ToolCall && _call == call)
        {
            AppendArguments(piece.Arguments);
            Release();
        }
        else if (_waitingCalls.TryGetValue(call, out var waiting))
        {
            Append(waiting, piece.Arguments, default);
        }
        else if (piece.Id.IsEmpty)
        {
            IsBroken |= !JsonWhiteSpace.IsBlank(piece.Arguments);
        }
        else if (MustWait)
        {
            var block = Wait(new WaitingBlock(BlockKind.ToolCall, call, piece.Id.ToArray(), piece.Name.ToArray()));
            _waitingCalls[call] = block;
            Append(block, piece.Arguments, default);
        }
        else
        {
            OpenCall(call, piece.Id, piece.Name);
            AppendArguments(piece.Arguments);
        }
    }

    /// <summary>Ends the open block, then writes and ends the waiting blocks.</summary>
    public void End(bool isComplete)
    {
        foreach (var block in _waiting)
        {
            OpenWaiting(block, isComplete);
        }

        _waiting.Clear();
        _waitingCalls.Clear();
        if (_kind != BlockKind.None)
        {
            output.Stop(isComplete);
        }

        _kind = BlockKind.None;
    }

    public void Dispose()
    {
        foreach (var block in _waiting)
        {
            block.Dispose();
        }
    }

    private void Release()
    {
        while (_waiting.Count > 0 && !MustWait)
        {
            var block = _waiting.Dequeue();
            _waitingCalls.Remove(block.Call);
            _waitingLength -= block.Cost + block.Text.Length + block.Logprobs.Length;
            OpenWaiting(block, isComplete: true);
        }
    }

    private void OpenWaiting(WaitingBlock block, bool isComplete)
    {
        if (block.Kind == BlockKind.ToolCall)
        {
            OpenCall(block.Call, block.Id, block.Name, isComplete);
            AppendArguments(block.Text.Span);
        }
        else
        {
            Open(block.Kind, default, default, isComplete);
            output.Append(block.Text.Span, block.Logprobs.Span);
        }

        block.Dispose();
    }

    private void OpenCall(int call, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isComplete = true)
    {
        Open(BlockKind.ToolCall, id, name, isComplete);
        (_call, _arguments, HasToolCall) = (call, default, true);
    }

    private void AppendArguments(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.IsEmpty)
        {
            _arguments.Add(escaped);
            output.Append(escaped, default);
        }
    }

    private void Open(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isComplete = true)
    {
        if (_kind != BlockKind.None)
        {
            output.Stop(isComplete || !MustWait);
        }

        output.Start(kind, id, name);
        (_kind, HasBlocks) = (kind, true);
    }

    private WaitingBlock Wait(WaitingBlock block)
    {
        _waiting.Enqueue(block);
        _waitingLength += block.Cost;
        return _lastWaiting = block;
    }

    private void Append(WaitingBlock block, ReadOnlySpan<byte> text, ReadOnlySpan<byte> logprobs)
    {
        if (!IsTooLong)
        {
            block.Text.Append(text);
            block.Logprobs.Append(block.Logprobs.Length > 0 && !logprobs.IsEmpty ? ","u8 : default);
            block.Logprobs.Append(logprobs);
            _waitingLength += text.Length + logprobs.Length;
        }
    }

    private sealed record WaitingBlock(BlockKind Kind, int Call, byte[] Id, byte[] Name) : IDisposable
    {
        public int Cost => BlockCost + Id.Length + Name.Length;

        public ByteBuffer Text { get; } = new(256, isPooled: true);

        public ByteBuffer Logprobs { get; } = new(256, isPooled: true);

        public void Dispose()
        {
            Text.Return();
            Logprobs.Return();
        }
    }
}
