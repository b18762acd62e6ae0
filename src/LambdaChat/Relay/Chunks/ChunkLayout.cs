using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The positions of a record's parts, found in one pass of <see cref="Utf8JsonReader"/>. Reused for each record. Names are compared
/// in their escaped form, because no server escapes a letter of a name.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed partial class ChunkLayout
{
    private const int MaximumChoices = 128; // OpenAI's n is at most 128.

    private ChoiceLayout[] _choices = new ChoiceLayout[1];
    private JsonMember[] _deltaMembers = new JsonMember[8];
    private int _deltaMemberCount;
    private JsonMember _otherThinking; // The thinking of the delta that is read, under a less common name.
    private bool _hasVariant;
    private ChunkMembers _members;
    private readonly ChunkHead _head = new();
    private int _headLength; // Of the record that is read; 0 if it has none.
    private int _offset; // Where the reader has begun in the record.

    public ref readonly JsonMember Id => ref _members.Id;
    public ref readonly JsonMember Object => ref _members.Object;
    public ref readonly JsonMember Created => ref _members.Created;
    public ref readonly JsonMember Model => ref _members.Model;
    public ref readonly JsonMember Choices => ref _members.Choices;
    public ref readonly JsonMember Usage => ref _members.Usage;

    public bool HasUsage => Usage.Type == JsonTokenType.StartObject;
    public ref readonly JsonMember Error => ref _members.Error;
    public ref readonly JsonMember ErrorType => ref _members.ErrorType;
    public ref readonly JsonMember Message => ref _members.Message;
    public ref readonly TokenLayout Token => ref _members.Token;
    public ref readonly JsonMember GeneratedText => ref _members.GeneratedText;
    public ref readonly JsonMember Details => ref _members.Details;
    public ref readonly JsonMember Detail => ref _members.Detail;
    public ref readonly JsonMember Errors => ref _members.Errors;

    /// <inheritdoc cref="ChunkMembers.Start"/>
    public int Start => _members.Start;

    public int MemberCount => _members.Count;

    /// <inheritdoc cref="ChunkMembers.HasOthers"/>
    public bool HasOthers => _members.HasOthers;

    public int ChoiceCount { get; private set; }

    public ref readonly ChoiceLayout Choice(int i) => ref _choices[i];

    public ReadOnlySpan<JsonMember> DeltaMembers(in ChoiceLayout choice) =>
        _deltaMembers.AsSpan(choice.FirstDeltaMember, choice.DeltaMemberCount);

    /// <summary>
    /// True if the record may belong to a dialect; false if it is a chunk in OpenAI's form or has no member of a known dialect.
    /// </summary>
    public bool MayBeDialect => _hasVariant || Token.Exists || GeneratedText.Exists || !Choices.Exists;

    /// <summary>True for a record with the members of a chunk: choices, or a usage.</summary>
    public bool IsChunk => Choices.Exists || HasUsage;

    /// <summary>Reads a record.</summary>
    /// <exception cref="JsonException">
    /// Not a JSON object, <c>choices</c> is not an array of at most 128 objects, or <c>choices</c> or a <c>delta</c> appears twice.
    /// </exception>
    public void Read(ReadOnlySpan<byte> record)
    {
        _hasVariant = false;
        _deltaMemberCount = ChoiceCount = _headLength = 0;
        _offset = _head.LengthIn(record);
        if (_offset > 0)
        {
            var reader = new Utf8JsonReader(record[_offset..], isFinalBlock: true, _head.State);
            ReadFromHead(ref reader);
        }
        else
        {
            var reader = new Utf8JsonReader(record);
            _members = default;
            Expect(ref reader, JsonTokenType.StartObject);
            _members.Start = (int)reader.BytesConsumed;
            ReadMembers(ref reader);
            _head.Keep(record[.._headLength]);
        }
    }

    private void ReadMembers(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _members.Count++;
            ReadMember(ref reader);
        }

        reader.Read(); // Nothing may follow the object.
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        switch (reader.ValueSpan.Length)
        {
            case 2 when reader.ValueSpan.SequenceEqual("id"u8): _members.Id.Read(ref reader, _offset); break;
            case 5 when reader.ValueSpan.SequenceEqual("model"u8): _members.Model.Read(ref reader, _offset); break;
            case 5 when reader.ValueSpan.SequenceEqual("usage"u8): _members.Usage.Read(ref reader, _offset); break;
            case 5 when reader.ValueSpan.SequenceEqual("error"u8): _members.Error.Read(ref reader, _offset); break;
            case 5 when reader.ValueSpan.SequenceEqual("token"u8): _members.Token.Read(ref reader, _offset); break;
            case 6 when reader.ValueSpan.SequenceEqual("object"u8): _members.Object.Read(ref reader, _offset); break;
            case 6 when reader.ValueSpan.SequenceEqual("detail"u8): _members.Detail.Read(ref reader, _offset); break;
            case 6 when reader.ValueSpan.SequenceEqual("errors"u8): _members.Errors.Read(ref reader, _offset); break;
            case 7 when reader.ValueSpan.SequenceEqual("created"u8): _members.Created.Read(ref reader, _offset); break;
            case 7 when reader.ValueSpan.SequenceEqual("message"u8): _members.Message.Read(ref reader, _offset); break;
            case 7 when reader.ValueSpan.SequenceEqual("details"u8): _members.Details.Read(ref reader, _offset); break;
            case 7 when reader.ValueSpan.SequenceEqual("choices"u8): ReadChoices(ref reader); break;
            case 10 when reader.ValueSpan.SequenceEqual("error_type"u8): _members.ErrorType.Read(ref reader, _offset); break;
            case 14 when reader.ValueSpan.SequenceEqual("generated_text"u8): _members.GeneratedText.Read(ref reader, _offset); break;
            default: _members.HasOthers |= IsValue(ref reader); break;
        }
    }

    private bool IsValue(ref Utf8JsonReader reader)
    {
        JsonMember member = default;
        member.Read(ref reader, _offset);
        return !member.IsNull;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type) => Require(reader.Read() && reader.TokenType == type);

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new JsonException();
        }
    }
}
