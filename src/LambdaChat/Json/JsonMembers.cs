using System.Text.Json;

namespace LambdaChat.Json;

/// <summary>The members of a JSON object, one after the other and unchanged. Nothing is allocated for them.</summary>
/// <param name="json">Valid JSON. Another value than an object has no members.</param>
internal ref struct JsonMembers(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private Utf8JsonReader _reader = new(json);
    private JsonMember _member;
    private int _nameEnd;

    /// <summary>The name without its quotes, in its escaped form.</summary>
    public readonly ReadOnlySpan<byte> Name => _json[(_member.NameStart + 1).._nameEnd];

    public readonly ReadOnlySpan<byte> Value => _member.Value(_json);

    /// <summary>The first token of the value.</summary>
    public readonly JsonTokenType Type => _member.Type;

    /// <summary>The name and the value, with all between them.</summary>
    public readonly ReadOnlySpan<byte> Raw => _json[_member.NameStart.._member.ValueEnd];

    /// <summary>Moves to the next member; false after the last one.</summary>
    public bool MoveNext()
    {
        if (_reader.TokenType == JsonTokenType.None && !(_reader.Read() && _reader.TokenType == JsonTokenType.StartObject))
        {
            return false;
        }

        if (!_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        _nameEnd = (int)_reader.TokenStartIndex + 1 + _reader.ValueSpan.Length;
        _member.Read(ref _reader, 0);
        return true;
    }
}
