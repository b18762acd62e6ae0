namespace LambdaChat.Relay.Records;

/// <summary>Finds the end of a JSON object or array that arrives in pieces. It does not validate the JSON.</summary>
internal struct JsonBoundary
{
    private int _depth;
    private bool _isInText;
    private bool _isEscape;

    /// <summary>The length of the piece up to the end of the value; -1 if the value goes on after the piece.</summary>
    public int FindEnd(ReadOnlySpan<byte> piece)
    {
        for (var i = 0; i < piece.Length; i++)
        {
            if (_isEscape)
            {
                _isEscape = false;
                continue;
            }

            var next = _isInText ? piece[i..].IndexOfAny((byte)'"', (byte)'\\') : piece[i..].IndexOfAny("\"{}[]"u8);
            if (next < 0)
            {
                return -1;
            }

            i += next;
            if (Step(piece[i]))
            {
                return i + 1;
            }
        }

        return -1;
    }

    // True at the end of the value.
    private bool Step(byte b)
    {
        if (b == (byte)'\\')
        {
            _isEscape = true;
        }
        else if (b == (byte)'"')
        {
            _isInText = !_isInText;
        }
        else
        {
            _depth += b is (byte)'{' or (byte)'[' ? 1 : -1;
        }

        return _depth <= 0 && !_isInText && b is (byte)'}' or (byte)']';
    }
}
