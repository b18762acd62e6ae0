using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>
/// Members that the relay does not know, joined over the chunks of a reply as OpenAI's SDKs do: the elements of arrays are appended,
/// objects are merged, and of other values the last one that is not null or empty is kept. Values are copied unchanged.
/// Source: https://github.com/openai/openai-python/blob/main/src/openai/lib/streaming/_deltas.py
/// </summary>
/// <param name="joinsTexts">True in a delta: its texts are pieces, and are appended.</param>
internal sealed class JoinedMembers(bool joinsTexts)
{
    private const int MemberCost = 400; // Bytes of a value's objects and first buffer.

    private readonly Dictionary<string, JoinedValue> _values = new(StringComparer.Ordinal);

    public bool Contains(string name) => _values.ContainsKey(name);

    /// <summary>Takes the member whose name is the reader's current token. Moves to its last token. Returns the bytes added.</summary>
    public int Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var name = reader.GetString()!;
        reader.Read();
        var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
        reader.Skip();
        if (type == JsonTokenType.Null)
        {
            return 0;
        }

        var grown = 0;
        if (!_values.TryGetValue(name, out var value))
        {
            _values[name] = value = new JoinedValue(joinsTexts, joinsTexts && name is not ("id" or "type" or "name" or "index"));
            grown = MemberCost + (2 * name.Length);
        }

        return grown + value.Take(json[start..(int)reader.BytesConsumed], type);
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        foreach (var (name, value) in _values)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private sealed class JoinedValue(bool joinsInnerTexts, bool isPiece)
    {
        private readonly ByteBuffer _json = new(64); // The value, without its closing bracket or quote while more may follow.
        private JoinedMembers? _members; // The members of an object.
        private JsonTokenType _type;
        private int _kept; // The largest size so far: a buffer never shrinks.

        public int Take(ReadOnlySpan<byte> value, JsonTokenType type)
        {
            var isSame = type == _type;
            _type = type;
            if (type == JsonTokenType.StartObject)
            {
                _members = isSame ? _members : new JoinedMembers(joinsInnerTexts);
                return TakeMembers(value);
            }

            return type switch
            {
                JsonTokenType.StartArray => Append("["u8, value[1..^1].Trim(" \t\r\n"u8), ","u8, isSame),
                JsonTokenType.String when isSame && value.Length == 2 => 0, // An empty text replaces nothing.
                JsonTokenType.String when isPiece => Append("\""u8, value[1..^1], default, isSame),
                _ => Append(value, default, default, isSame: false),
            };
        }

        public void WriteTo(Utf8JsonWriter writer)
        {
            if (_type == JsonTokenType.StartObject)
            {
                writer.WriteStartObject();
                _members!.WriteTo(writer);
                writer.WriteEndObject();
                return;
            }

            _json.Append(_type == JsonTokenType.StartArray ? "]"u8 : _type == JsonTokenType.String && isPiece ? "\""u8 : default);
            writer.WriteRawValue(_json.Span, skipInputValidation: true);
        }

        private int TakeMembers(ReadOnlySpan<byte> json)
        {
            var grown = 0;
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                grown += _members!.Take(ref reader, json);
            }

            return grown;
        }

        private int Append(ReadOnlySpan<byte> start, ReadOnlySpan<byte> piece, ReadOnlySpan<byte> separator, bool isSame)
        {
            if (!isSame)
            {
                _json.Clear();
                _json.Append(start);
            }

            if (piece.Length > 0)
            {
                _json.Append(_json.Length > 1 ? separator : default);
                _json.Append(piece);
            }

            var grown = Math.Max(_json.Length - _kept, 0);
            _kept += grown;
            return grown;
        }
    }
}
