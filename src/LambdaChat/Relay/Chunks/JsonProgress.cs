using System.Buffers.Text;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Determines whether a JSON text that arrives in pieces is complete: every bracket and quote is closed. It does not validate the text.
/// The pieces are escaped as in a JSON string.
/// </summary>
internal struct JsonProgress
{
    private int _depth;
    private bool _isEscape;
    private bool _hasBegun;
    private bool _isObject;

    /// <summary>True if the text has nothing but white space.</summary>
    public readonly bool IsBlank => !_hasBegun;

    /// <summary>True if the text is a value that is closed; false before it begins.</summary>
    public readonly bool IsComplete => _hasBegun && _depth == 0 && !IsInText && !_isEscape;

    /// <summary>True if the text begins with an object that is closed.</summary>
    public readonly bool HasObject => _isObject && _depth == 0 && !IsInText;

    /// <summary>True inside a JSON string, which cannot contain a line end.</summary>
    public bool IsInText { readonly get; private set; }

    /// <summary>True if a bracket or a quote is open.</summary>
    public readonly bool IsOpen => _depth > 0 || IsInText;

    /// <summary>The first character of a text that is escaped as in a JSON string. Control characters without a code are blanks.</summary>
    public static byte Decode(ReadOnlySpan<byte> escaped)
    {
        var i = 0;
        return DecodeAt(escaped, ref i);
    }

    public void Add(ReadOnlySpan<byte> escaped)
    {
        for (var i = 0; i < escaped.Length; i++)
        {
            Step(DecodeAt(escaped, ref i));
        }
    }

    /// <summary>Adds a piece up to the end of the object that the text begins with. Returns the length of this part.</summary>
    public int AddObject(ReadOnlySpan<byte> escaped)
    {
        var i = 0;
        for (; i < escaped.Length && !HasObject; i++)
        {
            Step(DecodeAt(escaped, ref i));
        }

        return i;
    }

    /// <summary>Adds a piece that is not escaped.</summary>
    public void AddPlain(ReadOnlySpan<byte> json)
    {
        foreach (var b in json)
        {
            Step(b);
        }
    }

    private void Step(byte b)
    {
        if (_isEscape)
        {
            _isEscape = false;
        }
        else if (IsInText)
        {
            _isEscape = b == (byte)'\\';
            IsInText = b != (byte)'"';
        }
        else
        {
            _isObject |= !_hasBegun && b == (byte)'{';
            _hasBegun |= b is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t');
            IsInText = b == (byte)'"';
            _depth += b is (byte)'{' or (byte)'[' ? 1 : b is (byte)'}' or (byte)']' ? -1 : 0;
        }
    }

    // Moves the index to the last byte of the character.
    private static byte DecodeAt(ReadOnlySpan<byte> escaped, ref int i)
    {
        var b = escaped[i];
        return b != (byte)'\\' || i + 1 == escaped.Length ? b : escaped[++i] switch
        {
            (byte)'u' when i + 4 < escaped.Length => DecodeAscii(escaped.Slice((i += 4) - 3, 4)),
            (byte)'n' or (byte)'r' or (byte)'t' or (byte)'b' or (byte)'f' => (byte)' ',
            var other => other,
        };
    }

    // Characters above ASCII change nothing.
    private static byte DecodeAscii(ReadOnlySpan<byte> hex) =>
        Utf8Parser.TryParse(hex, out ushort value, out _, 'x') && value < 128 ? (byte)value : (byte)'?';
}
