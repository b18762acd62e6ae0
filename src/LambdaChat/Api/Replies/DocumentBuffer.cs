using System.Buffers;

namespace LambdaChat.Api.Replies;

/// <summary>The pieces of a JSON document. A large value is one piece of its own length, and no piece is ever copied.</summary>
internal sealed class DocumentBuffer : IBufferWriter<byte>
{
    private const int PieceLength = 4 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private byte[] _last = [];
    private int _start; // Where the piece that is being written begins in the last array.
    private int _end;

    /// <summary>Ends the document.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        EndPiece();
        return _pieces;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_last.Length - _end), nameof(count));
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_last.Length - _end < Math.Max(sizeHint, 1))
        {
            EndPiece();
            _last = new byte[Math.Max(sizeHint, PieceLength)];
            _start = _end = 0;
        }

        return _last.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void EndPiece()
    {
        if (_end > _start)
        {
            _pieces.Add(_last.AsMemory(_start.._end));
            _start = _end;
        }
    }
}
