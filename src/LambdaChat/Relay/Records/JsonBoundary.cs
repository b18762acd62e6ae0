namespace LambdaChat.Relay.Records;

/// <summary>Finds the end of a JSON object that arrives in pieces. It does not validate the JSON.</summary>
internal struct JsonBoundary
{
    private int _depth;
    private bool _isInText;
    private bool _isEscape;

    /// <summary>The length of the piece up to the end of the object; -1 if the object goes on after the piece.</summary>
    public int FindEnd(ReadOnlySpan<byte> piece)
    {
        var start = _isEscape && piece.Length > 0 ? 1 : 0;
        _isEscape &= piece.IsEmpty;
        for (var i = start; i < piece.Length; i++)
        {
            var next = _isInText ? piece[i..].IndexOfAny((byte)'"', (byte)'\\') : piece[i..].IndexOfAny("\"{}[]"u8);
            if (next < 0)
            {
                return -1;
            }

            i += next;
            if (piece[i] == (byte)'\\')
            {
                _isEscape = ++i == piece.Length;
            }
            else if (IsEnd(piece[i]))
            {
                return i + 1;
            }
        }

        return -1;
    }

    private bool IsEnd(byte b)
    {
        if (b == (byte)'"')
        {
            _isInText = !_isInText;
            return false;
        }

        _depth += b is (byte)'{' or (byte)'[' ? 1 : -1;
        return _depth <= 0 && b == (byte)'}';
    }
}
