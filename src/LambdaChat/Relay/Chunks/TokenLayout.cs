using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The positions of the parts of a record's <c>token</c>: see <c>TokenStreamRecords</c>.</summary>
internal struct TokenLayout
{
    /// <summary>Its text; missing if it is not a string.</summary>
    public JsonMember Text;

    /// <summary>True for a token that is not part of the text.</summary>
    public bool IsSpecial;

    private JsonMember _member;

    public readonly bool Exists => _member.Exists;

    /// <inheritdoc cref="JsonMember.Read"/>
    public void Read(ref Utf8JsonReader reader, int offset)
    {
        this = default;
        _member.Begin(ref reader, offset);
        if (_member.Type == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, offset);
            }
        }

        reader.Skip();
        _member.End(reader, offset);
    }

    private void ReadMember(ref Utf8JsonReader reader, int offset)
    {
        var isText = reader.ValueSpan.SequenceEqual("text"u8);
        var isSpecial = reader.ValueSpan.SequenceEqual("special"u8) || reader.ValueSpan.SequenceEqual("special_token"u8);
        JsonMember member = default;
        member.Read(ref reader, offset);
        Text = isText && member.Type == JsonTokenType.String ? member : Text;
        IsSpecial |= isSpecial && member.Type == JsonTokenType.True;
    }
}
