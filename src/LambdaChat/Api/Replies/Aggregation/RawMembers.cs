using System.Buffers;
using System.Text.Json;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>
/// Members that the relay does not know, gathered over the chunks of a reply as the bytes that came: of a value the last that is not
/// null, of arrays all elements.
/// </summary>
internal sealed class RawMembers
{
    private readonly Dictionary<string, RawValue> _values = new(StringComparer.Ordinal);

    /// <summary>Takes the member at whose name the reader stands, and leaves it on the value's last token. Returns by how many bytes it grew.</summary>
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
            _values[name] = value = new RawValue();
            grown = name.Length;
        }

        return grown + value.Take(json[start..(int)reader.BytesConsumed], type == JsonTokenType.StartArray);
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        foreach (var (name, value) in _values)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private sealed class RawValue
    {
        private readonly ArrayBufferWriter<byte> _json = new(64);
        private bool _isArray; // It is kept without its closing bracket.

        public int Take(ReadOnlySpan<byte> value, bool isArray)
        {
            var before = _json.WrittenCount;
            if (!isArray || !_isArray)
            {
                _json.ResetWrittenCount();
                _json.Write(isArray ? "["u8 : value);
            }

            _isArray = isArray;
            var elements = isArray ? value[1..^1].Trim(" \t\r\n"u8) : default;
            if (elements.Length > 0)
            {
                _json.Write(_json.WrittenCount > 1 ? ","u8 : default);
                _json.Write(elements);
            }

            return _json.WrittenCount - before;
        }

        public void WriteTo(Utf8JsonWriter writer)
        {
            _json.Write(_isArray ? "]"u8 : default);
            writer.WriteRawValue(_json.WrittenSpan, skipInputValidation: true);
        }
    }
}
