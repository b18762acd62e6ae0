using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>
/// Puts the pieces of a reply into blocks, one strictly after another. A tool call whose input is not complete keeps its block open: what
/// arrives for other blocks waits for its end. Texts are escaped as in JSON.
/// </summary>
internal sealed class BlockSequence(IBlockOutput output, int maximumWaiting = BlockSequence.MaximumWaiting)
{
    private const int MaximumWaiting = 4 * 1024 * 1024; // Bytes.
    private const int BlockCost = 200; // Bytes of a waiting block's objects.

    private readonly List<WaitingBlock> _waiting = [];
    private BlockKind _kind;
    private int _call; // The index of the tool call in the open block.
    private JsonProgress _input;
    private bool _hasInput;
    private int _waitingLength;

    /// <summary>True if the message has a block.</summary>
    public bool HasBlocks { get; private set; }

    /// <summary>True if the message has a tool call.</summary>
    public bool HasToolUse { get; private set; }

    /// <summary>True if more waits than may wait.</summary>
    public bool IsTooLong => _waitingLength > maximumWaiting;

    /// <summary>True if a piece of a tool call arrived after the call was complete.</summary>
    public bool IsBroken { get; private set; }

    private bool MustWait => _kind == BlockKind.ToolUse && !(_hasInput && _input.IsComplete);

    /// <summary>Adds thinking or text.</summary>
    public void Add(BlockKind kind, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (MustWait)
        {
            var last = _waiting.Count > 0 && _waiting[^1].Kind == kind ? _waiting[^1] : Wait(new WaitingBlock(kind, -1, [], []));
            Append(last, text);
            return;
        }

        if (_kind != kind)
        {
            Open(kind, default, default);
        }

        output.Append(text);
    }

    /// <summary>Adds a piece of a tool call.</summary>
    public void Add(in ToolCallPiece piece)
    {
        var call = piece.Index ?? 0; // The relay numbers all calls.
        if (_kind == BlockKind.ToolUse && _call == call)
        {
            AppendInput(piece.Arguments);
            Release();
        }
        else if (FindWaiting(call) is { } waiting)
        {
            Append(waiting, piece.Arguments);
        }
        else if (piece.Id.IsEmpty)
        {
            IsBroken |= piece.Arguments.ContainsAnyExcept(" "u8);
        }
        else if (MustWait)
        {
            Append(Wait(new WaitingBlock(BlockKind.ToolUse, call, piece.Id.ToArray(), piece.Name.ToArray())), piece.Arguments);
        }
        else
        {
            OpenCall(call, piece.Id, piece.Name);
            AppendInput(piece.Arguments);
        }
    }

    /// <summary>
    /// Ends the last block, and those that wait. A message without a block gets an empty text, because clients read the first block.
    /// </summary>
    public void End()
    {
        foreach (var block in _waiting)
        {
            OpenWaiting(block);
        }

        _waiting.Clear();
        if (!HasBlocks)
        {
            Open(BlockKind.Text, default, default);
        }

        output.Stop();
        _kind = BlockKind.None;
    }

    // Without a lambda, whose closure would be allocated for each piece.
    private WaitingBlock? FindWaiting(int call)
    {
        foreach (var block in _waiting)
        {
            if (block.Kind == BlockKind.ToolUse && block.Call == call)
            {
                return block;
            }
        }

        return null;
    }

    private void Release()
    {
        while (_waiting.Count > 0 && !MustWait)
        {
            var block = _waiting[0];
            _waiting.RemoveAt(0);
            _waitingLength -= BlockCost + block.Text.Length;
            OpenWaiting(block);
        }
    }

    private void OpenWaiting(WaitingBlock block)
    {
        if (block.Kind == BlockKind.ToolUse)
        {
            OpenCall(block.Call, block.Id, block.Name);
            AppendInput(block.Text.Span);
        }
        else
        {
            Open(block.Kind, default, default);
            output.Append(block.Text.Span);
        }
    }

    private void OpenCall(int call, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        Open(BlockKind.ToolUse, id, name);
        (_call, _input, _hasInput, HasToolUse) = (call, default, false, true);
    }

    private void AppendInput(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.IsEmpty)
        {
            _input.Add(escaped);
            _hasInput = true;
            output.Append(escaped);
        }
    }

    private void Open(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        if (_kind != BlockKind.None)
        {
            output.Stop();
        }

        output.Start(kind, id, name);
        (_kind, HasBlocks) = (kind, true);
    }

    private WaitingBlock Wait(WaitingBlock block)
    {
        _waiting.Add(block);
        _waitingLength += BlockCost;
        return block;
    }

    private void Append(WaitingBlock block, ReadOnlySpan<byte> text)
    {
        if (!IsTooLong)
        {
            block.Text.Append(text);
            _waitingLength += text.Length;
        }
    }

    private sealed record WaitingBlock(BlockKind Kind, int Call, byte[] Id, byte[] Name)
    {
        public ByteBuffer Text { get; } = new(256);
    }
}
