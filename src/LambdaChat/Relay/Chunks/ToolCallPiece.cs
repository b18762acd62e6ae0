using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>One element of <c>tool_calls</c>: a call or a piece of one. Texts are escaped as in JSON, without their quotes.</summary>
internal ref struct ToolCallPiece
{
    private const int MaximumId = 256; // Bytes. Readers keep the ids of a reply: a longer one is replaced like one that is missing.

    private readonly ReadOnlySpan<byte> _json;
    private List<Range>? _others; // Members that the relay does not know.
    private bool _areArgumentsText;

    private ToolCallPiece(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>The server's index; null if it names none.</summary>
    public int? Index { get; private set; }

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The text of the arguments, or their JSON where the server does not send a text.</summary>
    public ReadOnlySpan<byte> Arguments { get; private set; }

    /// <summary>True if it has an id, the type of functions and a name.</summary>
    public bool HasHead { get; private set; }

    /// <summary>True if it has one of them, even empty or null.</summary>
    public bool HasAnyHead { get; private set; }

    /// <summary>True if the arguments are a text.</summary>
    public readonly bool AreArgumentsText => _areArgumentsText;

    /// <summary>Reads a call in the older form, <c>function_call</c>: it has no id, and a reply has only one.</summary>
    public static ToolCallPiece OfFunctionCall(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var piece = new ToolCallPiece(json);
        piece.ReadFunction(ref reader, json);
        piece.Id = piece.Name.IsEmpty ? default : "call_0"u8;
        return piece;
    }

    /// <summary>Reads the object at the reader's position to its end.</summary>
    public static ToolCallPiece Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var piece = new ToolCallPiece(json);
        var hasType = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.ValueSpan;
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            if (member.SequenceEqual("index"u8))
            {
                piece.Index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) ? index : null;
            }
            else if (member.SequenceEqual("id"u8))
            {
                piece.HasAnyHead = true;
                piece.Id = TextOf(reader) is { Length: <= MaximumId } id ? id : default;
            }
            else if (member.SequenceEqual("type"u8))
            {
                piece.HasAnyHead = true;
                hasType = TextOf(reader).SequenceEqual("function"u8);
            }
            else if (member.SequenceEqual("function"u8) && reader.TokenType == JsonTokenType.StartObject)
            {
                piece.ReadFunction(ref reader, json);
                continue;
            }
            else
            {
                reader.Skip();
                piece._others ??= [];
                piece._others.Add(new Range(start, (int)reader.BytesConsumed));
                continue;
            }

            reader.Skip();
        }

        piece.HasHead = hasType && !piece.Id.IsEmpty && !piece.Name.IsEmpty;
        return piece;
    }

    /// <summary>Appends the arguments as the text of a JSON string.</summary>
    public readonly void AppendArguments(ByteBuffer output)
    {
        if (_areArgumentsText)
        {
            output.Append(Arguments);
            return;
        }

        foreach (var b in Arguments)
        {
            if (b is (byte)'"' or (byte)'\\')
            {
                output.Append("\\"u8);
            }

            output.Append(b is (byte)'\n' or (byte)'\r' or (byte)'\t' ? " "u8 : [b]);
        }
    }

    /// <summary>Appends the members that the relay does not know, each behind a comma.</summary>
    public readonly void AppendOthers(ByteBuffer output)
    {
        for (var i = 0; i < (_others?.Count ?? 0); i++)
        {
            output.Append(","u8);
            output.Append(_json[_others![i]]);
        }
    }

    private void ReadFunction(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("name"u8);
            var isArguments = reader.ValueTextEquals("arguments"u8);
            reader.Read();
            if (isName)
            {
                HasAnyHead = true;
                Name = TextOf(reader);
            }
            else if (isArguments && reader.TokenType == JsonTokenType.String)
            {
                _areArgumentsText = true;
                Arguments = TextOf(reader);
            }
            else if (isArguments && reader.TokenType != JsonTokenType.Null)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                Arguments = json[start..(int)reader.BytesConsumed];
            }

            reader.Skip();
        }
    }

    private static ReadOnlySpan<byte> TextOf(Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String ? reader.ValueSpan : default;
}
