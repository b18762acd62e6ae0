using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The positions of a record's parts, found in one pass of <see cref="Utf8JsonReader"/>. Reused for each record. Names are compared
/// in their escaped form, because no server escapes a letter of a name.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed class ChunkLayout
{
    private const int MaximumChoices = 128; // OpenAI's n is at most 128.

    private ChoiceLayout[] _choices = new ChoiceLayout[1];
    private JsonMember[] _deltaMembers = new JsonMember[8];
    private int _deltaMemberCount;
    private bool _hasVariant;

    public JsonMember Id;
    public JsonMember Object;
    public JsonMember Created;
    public JsonMember Model;
    public JsonMember Choices;
    public JsonMember Usage;
    public JsonMember Error;
    public JsonMember ErrorType;
    public JsonMember Message;
    public JsonMember Token;
    public JsonMember GeneratedText;
    public JsonMember Details;
    public JsonMember Detail;
    public JsonMember Errors;

    /// <summary>The offset after the opening brace.</summary>
    public int Start { get; private set; }

    public int MemberCount { get; private set; }

    /// <summary>True if the record has members that the relay does not know, other than null.</summary>
    public bool HasOthers { get; private set; }

    public int ChoiceCount { get; private set; }

    public ref readonly ChoiceLayout Choice(int i) => ref _choices[i];

    public ReadOnlySpan<JsonMember> DeltaMembers(in ChoiceLayout choice) =>
        _deltaMembers.AsSpan(choice.FirstDeltaMember, choice.DeltaMemberCount);

    /// <summary>
    /// True if the record may belong to a dialect; false if it is a chunk in OpenAI's form or has no member of a known dialect.
    /// </summary>
    public bool MayBeDialect => _hasVariant || Token.Exists || GeneratedText.Exists;

    /// <summary>True for a record with the members of a chunk: choices, or a usage.</summary>
    public bool IsChunk => Choices.Exists || Usage.Type == JsonTokenType.StartObject;

    /// <summary>Reads a record.</summary>
    /// <exception cref="JsonException">
    /// Not a JSON object, <c>choices</c> is not an array of at most 128 objects, or <c>choices</c> or a <c>delta</c> appears twice.
    /// </exception>
    public void Read(ReadOnlySpan<byte> record)
    {
        Id = Object = Created = Model = Choices = Usage = Error = ErrorType = Message = Token = GeneratedText = Details = Detail = Errors =
            default;
        _hasVariant = false;
        _deltaMemberCount = ChoiceCount = MemberCount = 0;
        HasOthers = false;
        var reader = new Utf8JsonReader(record);
        Expect(ref reader, JsonTokenType.StartObject);
        Start = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            MemberCount++;
            ReadMember(ref reader);
        }

        reader.Read(); // Nothing may follow the object.
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        switch (reader.ValueSpan.Length)
        {
            case 2 when reader.ValueSpan.SequenceEqual("id"u8): Id = Value(ref reader); break;
            case 5 when reader.ValueSpan.SequenceEqual("model"u8): Model = Value(ref reader); break;
            case 5 when reader.ValueSpan.SequenceEqual("usage"u8): Usage = Value(ref reader); break;
            case 5 when reader.ValueSpan.SequenceEqual("error"u8): Error = Value(ref reader); break;
            case 5 when reader.ValueSpan.SequenceEqual("token"u8): Token = Value(ref reader); break;
            case 6 when reader.ValueSpan.SequenceEqual("object"u8): Object = Value(ref reader); break;
            case 6 when reader.ValueSpan.SequenceEqual("detail"u8): Detail = Value(ref reader); break;
            case 6 when reader.ValueSpan.SequenceEqual("errors"u8): Errors = Value(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("created"u8): Created = Value(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("message"u8): Message = Value(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("details"u8): Details = Value(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("choices"u8): Require(!Choices.Exists); Choices = ReadChoices(ref reader); break;
            case 10 when reader.ValueSpan.SequenceEqual("error_type"u8): ErrorType = Value(ref reader); break;
            case 14 when reader.ValueSpan.SequenceEqual("generated_text"u8): GeneratedText = Value(ref reader); break;
            default: HasOthers |= IsValue(ref reader); break;
        }
    }

    private JsonMember ReadChoices(ref Utf8JsonReader reader)
    {
        var member = Begin(ref reader);
        if (member.IsNull)
        {
            return End(member, ref reader);
        }

        Require(member.Type == JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            Require(ChoiceCount < MaximumChoices);
            if (ChoiceCount == _choices.Length)
            {
                Array.Resize(ref _choices, 2 * ChoiceCount);
            }

            ReadChoice(ref reader, ref _choices[ChoiceCount]);
            ChoiceCount++;
        }

        Require(reader.TokenType == JsonTokenType.EndArray);
        return End(member, ref reader);
    }

    private void ReadChoice(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        choice = new ChoiceLayout { Start = (int)reader.TokenStartIndex, Index = ChoiceCount };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            choice.MemberCount++;
            switch (reader.ValueSpan.Length)
            {
                case 4 when reader.ValueSpan.SequenceEqual("text"u8): choice.Text = Value(ref reader); break;
                case 5 when reader.ValueSpan.SequenceEqual("index"u8): choice.IndexMember = Index(ref reader, ref choice); break;
                case 5 when reader.ValueSpan.SequenceEqual("delta"u8):
                    Require(!choice.Delta.Exists);
                    choice.Delta = ReadDelta(ref reader, ref choice);
                    break;
                case 5 when reader.ValueSpan.SequenceEqual("error"u8):
                    choice.Error = Value(ref reader);
                    choice.HasOthers |= !choice.Error.IsNull;
                    break;
                case 7 when reader.ValueSpan.SequenceEqual("message"u8): choice.Message = Value(ref reader); break;
                case 8 when reader.ValueSpan.SequenceEqual("logprobs"u8): choice.Logprobs = Value(ref reader); break;
                case 13 when reader.ValueSpan.SequenceEqual("finish_reason"u8): choice.FinishReason = Value(ref reader); break;
                default: choice.HasOthers |= IsValue(ref reader); break;
            }
        }

        choice.End = (int)reader.BytesConsumed;
        _hasVariant |= choice.IsVariant;
    }

    private JsonMember ReadDelta(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        var member = Begin(ref reader);
        if (member.IsNull)
        {
            return End(member, ref reader);
        }

        Require(member.Type == JsonTokenType.StartObject);
        choice.FirstDeltaMember = _deltaMemberCount;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadDeltaMember(ref reader, ref choice);
        }

        choice.DeltaMemberCount = _deltaMemberCount - choice.FirstDeltaMember;
        return End(member, ref reader);
    }

    private void ReadDeltaMember(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        JsonMember member;
        switch (reader.ValueSpan.Length)
        {
            case 4 when reader.ValueSpan.SequenceEqual("role"u8): choice.Role = member = Value(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("content"u8): choice.Content = member = Value(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("refusal"u8): choice.Refusal = member = Value(ref reader); break;
            case 9 when reader.ValueSpan.SequenceEqual("reasoning"u8): choice.Reasoning = member = Value(ref reader); break;
            case 10 when reader.ValueSpan.SequenceEqual("tool_calls"u8): choice.ToolCalls = member = Value(ref reader); break;
            case 13 when reader.ValueSpan.SequenceEqual("function_call"u8):
                choice.HasOlderCall = OlderCall.HasText(reader);
                choice.FunctionCall = member = Value(ref reader);
                break;
            case 17 when reader.ValueSpan.SequenceEqual("reasoning_content"u8): choice.ReasoningContent = member = Value(ref reader); break;
            default: member = Value(ref reader); break;
        }

        if (_deltaMemberCount == _deltaMembers.Length)
        {
            Array.Resize(ref _deltaMembers, 2 * _deltaMemberCount);
        }

        _deltaMembers[_deltaMemberCount++] = member;
    }

    private static JsonMember Index(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        var member = Begin(ref reader);
        choice.Index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index)
            && index is >= 0 and < MaximumChoices ? index : ChoiceLayout.InvalidIndex;
        reader.Skip();
        return End(member, ref reader);
    }

    // Moves from a member's name to the last token of its value.
    private static JsonMember Value(ref Utf8JsonReader reader)
    {
        var member = Begin(ref reader);
        if (member.Type is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        return End(member, ref reader);
    }

    private static bool IsValue(ref Utf8JsonReader reader) => Value(ref reader).Type != JsonTokenType.Null;

    private static JsonMember Begin(ref Utf8JsonReader reader)
    {
        var name = (int)reader.TokenStartIndex;
        reader.Read();
        return new JsonMember { NameStart = name, ValueStart = (int)reader.TokenStartIndex, Type = reader.TokenType };
    }

    private static JsonMember End(JsonMember member, ref Utf8JsonReader reader)
    {
        member.ValueEnd = (int)reader.BytesConsumed;
        return member;
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
