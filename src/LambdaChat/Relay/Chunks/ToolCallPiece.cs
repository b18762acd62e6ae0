using System.Text.Json;
using LambdaChat.Json;
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

    /// <summary>True if it has no arguments except white space.</summary>
    public readonly bool HasBlankArguments => JsonWhiteSpace.IsBlank(Arguments);

    /// <summary>True if the arguments begin with a JSON object.</summary>
    public readonly bool BeginsObject => Arguments[JsonWhiteSpace.SkipBlanks(Arguments, 0)..].StartsWith("{"u8);

    /// <summary>True if the arguments begin with a text that begins with a JSON object.</summary>
    public readonly bool BeginsQuotedObject => Arguments[JsonWhiteSpace.SkipBlanks(Arguments, 0)..].StartsWith("\\\"{"u8);

    /// <summary>True if the arguments are an empty object or null, which some servers send before the real ones.</summary>
    public readonly bool MayBePlaceholder => !IsCustom && (Arguments.SequenceEqual("{}"u8) || Arguments.SequenceEqual("null"u8));

    /// <summary>True if it has members that the relay does not know.</summary>
    public readonly bool HasOthers => _others is not null;

    /// <summary>True for a call of a custom tool: its name and its input, as the arguments, are in <c>custom</c>.</summary>
    public bool IsCustom { get; private set; }

    /// <summary>True if it has an id, its type and a name.</summary>
    public bool HasHead { get; private set; }

    /// <summary>True if it has one of them, even empty or null.</summary>
    public bool HasAnyHead { get; private set; }

    /// <summary>True if the arguments are a text.</summary>
    public readonly bool AreArgumentsText => _areArgumentsText;

    /// <summary>
    /// True if its index, name or arguments are not in the form that clients get, such as a name beside <c>function</c>.
    /// </summary>
    public bool HasOtherForm { get; private set; }

    /// <summary>True if it says nothing of a call.</summary>
    public readonly bool IsEmpty => Id.IsEmpty && Name.IsEmpty && Arguments.IsEmpty;

    /// <summary>Reads the object at the reader's position to its end.</summary>
    public static ToolCallPiece Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var piece = new ToolCallPiece(json);
        ReadOnlySpan<byte> type = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.ValueSpan;
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            if (member.SequenceEqual("index"u8))
            {
                piece.Index = IndexNumber.ValueOf(reader);
                piece.HasOtherForm |= !IndexNumber.IsPlain(reader, out _);
            }
            else if (member.SequenceEqual("id"u8))
            {
                piece.HasAnyHead = true;
                piece.Id = TextOf(reader) is { Length: <= MaximumId } id ? id : default;
            }
            else if (member.SequenceEqual("type"u8))
            {
                piece.HasAnyHead = true;
                type = TextOf(reader);
            }
            else if (reader.TokenType == JsonTokenType.StartObject && IsTool(member))
            {
                piece.IsCustom = member.SequenceEqual("custom"u8);
                piece.ReadTool(ref reader, json);
                continue;
            }
            else if (IsTool(member))
            {
                piece.HasOtherForm = true; // Null: it would replace the one that clients get.
            }
            else if (piece.TryReadPart(member, ref reader, json))
            {
                piece.HasOtherForm = true;
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

        piece.HasHead = type.SequenceEqual(piece.IsCustom ? "custom"u8 : "function"u8) && !piece.Id.IsEmpty && !piece.Name.IsEmpty;
        return piece;
    }

    /// <summary>Replaces the arguments, in the same form.</summary>
    public void Replace(ReadOnlySpan<byte> arguments)
    {
        HasOtherForm |= arguments != Arguments;
        Arguments = arguments;
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

    /// <summary>Appends the members that the relay does not know, each after a comma.</summary>
    public readonly void AppendOthers(ByteBuffer output)
    {
        for (var i = 0; i < (_others?.Count ?? 0); i++)
        {
            output.Append(","u8);
            output.Append(_json[_others![i]]);
        }
    }

    private static bool IsTool(ReadOnlySpan<byte> member) => member.SequenceEqual("function"u8) || member.SequenceEqual("custom"u8);

    private void ReadTool(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.ValueSpan;
            reader.Read();
            TryReadPart(member, ref reader, json);
            reader.Skip();
        }
    }

    private bool TryReadPart(ReadOnlySpan<byte> member, ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (member.SequenceEqual("name"u8))
        {
            HasAnyHead = true;
            TakeName(TextOf(reader));
            return true;
        }

        if (!member.SequenceEqual(IsCustom ? "input"u8 : "arguments"u8))
        {
            return false;
        }

        HasOtherForm |= !Arguments.IsEmpty;
        if (reader.TokenType == JsonTokenType.String)
        {
            _areArgumentsText |= Arguments.IsEmpty || !reader.ValueSpan.IsEmpty;
            Arguments = reader.ValueSpan.IsEmpty ? Arguments : reader.ValueSpan;
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            Arguments = json[start..(int)reader.BytesConsumed];
            _areArgumentsText = false;
        }

        return true;
    }

    // A name beside the function may be null. gpt-oss writes control tokens behind the name, such as <|channel|>commentary:
    // https://github.com/vllm-project/vllm/issues/32587
    private void TakeName(ReadOnlySpan<byte> name)
    {
        var end = name.IndexOf("<|"u8) is >= 0 and var plain ? plain : name.IndexOf("\\u003c|"u8);
        HasOtherForm |= end > 0 || !Name.IsEmpty;
        Name = name.IsEmpty ? Name : end > 0 ? name[..end] : name;
    }

    private static ReadOnlySpan<byte> TextOf(Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String ? reader.ValueSpan : default;
}
