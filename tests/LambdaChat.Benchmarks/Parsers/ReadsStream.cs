namespace LambdaChat.Benchmarks.Parsers;

/// <summary>A socket: each read gives at most one of the pieces.</summary>
internal sealed class ReadsStream(ReadOnlyMemory<byte>[] reads) : ReadOnlyStream
{
    private int _next;
    private ReadOnlyMemory<byte> _current;

    public override int Read(Span<byte> buffer)
    {
        if (_current.IsEmpty && _next < reads.Length)
        {
            _current = reads[_next++];
        }

        var count = Math.Min(buffer.Length, _current.Length);
        _current.Span[..count].CopyTo(buffer);
        _current = _current[count..];
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
}
