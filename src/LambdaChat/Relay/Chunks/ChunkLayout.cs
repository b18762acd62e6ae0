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
    private ChunkMembers _members;

    public ref readonly JsonMember Id => ref _members.Id;
    public ref readonly JsonMember Object => ref _members.Object;
    public ref readonly JsonMember Created => ref _members.Created;
    public ref readonly JsonMember Model => ref _members.Model;
    public ref readonly JsonMember Choices => ref _members.Choices;
    public ref readonly JsonMember Usage => ref _members.Usage;
    public ref readonly JsonMember Error => ref _members.Error;
    public ref readonly JsonMember ErrorType => ref _members.ErrorType;
    public ref readonly JsonMember Message => ref _members.Message;
    public ref readonly JsonMember Token => ref _members.Token;
    public ref readonly JsonMember GeneratedText => ref _members.GeneratedText;
    public ref readonly JsonMember Details => ref _members.Details;
    public ref readonly JsonMember Detail => ref _members.Detail;
    public ref readonly JsonMember Errors => ref _members.Errors;

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
        _members = default;
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
            case 2 when reader.ValueSpan.SequenceEqual("id"u8): _members.Id.Read(ref reader); break;
            case 5 when reader.ValueSpan.SequenceEqual("model"u8): _members.Model.Read(ref reader); break;
            case 5 when reader.ValueSpan.SequenceEqual("usage"u8): _members.Usage.Read(ref reader); break;
            case 5 when reader.ValueSpan.SequenceEqual("error"u8): _members.Error.Read(ref reader); break;
            case 5 when reader.ValueSpan.SequenceEqual("token"u8): _members.Token.Read(ref reader); break;
            case 6 when reader.ValueSpan.SequenceEqual("object"u8): _members.Object.Read(ref reader); break;
            case 6 when reader.ValueSpan.SequenceEqual("detail"u8): _members.Detail.Read(ref reader); break;
            case 6 when reader.ValueSpan.SequenceEqual("errors"u8): _members.Errors.Read(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("created"u8): _members.Created.Read(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("message"u8): _members.Message.Read(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("details"u8): _members.Details.Read(ref reader); break;
            case 7 when reader.ValueSpan.SequenceEqual("choices"u8): ReadChoices(ref reader); break;
            case 10 when reader.ValueSpan.SequenceEqual("error_type"u8): _members.ErrorType.Read(ref reader); break;
            case 14 when reader.ValueSpan.SequenceEqual("generated_text"u8): _members.GeneratedText.Read(ref reader); break;
            default: HasOthers |= IsValue(ref reader); break;
        }
    }

    private void ReadChoices(ref Utf8JsonReader reader)
    {
        ref var member = ref _members.Choices;
        Require(!member.Exists);
        member.Begin(ref reader);
        if (!member.IsNull)
        {
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
        }

        member.End(reader);
    }

    private void ReadChoice(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        choice = default;
        choice.Start = (int)reader.TokenStartIndex;
        choice.Index = ChoiceCount;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            choice.MemberCount++;
            switch (reader.ValueSpan.Length)
            {
                case 4 when reader.ValueSpan.SequenceEqual("text"u8): choice.Text.Read(ref reader); break;
                case 5 when reader.ValueSpan.SequenceEqual("index"u8): ReadIndex(ref reader, ref choice); break;
                case 5 when reader.ValueSpan.SequenceEqual("delta"u8): ReadDelta(ref reader, ref choice); break;
                case 5 when reader.ValueSpan.SequenceEqual("error"u8):
                    choice.Error.Read(ref reader);
                    choice.HasOthers |= !choice.Error.IsNull;
                    break;
                case 7 when reader.ValueSpan.SequenceEqual("message"u8): choice.Message.Read(ref reader); break;
                case 8 when reader.ValueSpan.SequenceEqual("logprobs"u8): choice.Logprobs.Read(ref reader); break;
                case 13 when reader.ValueSpan.SequenceEqual("finish_reason"u8): choice.FinishReason.Read(ref reader); break;
                default: choice.HasOthers |= IsValue(ref reader); break;
            }
        }

        choice.End = (int)reader.BytesConsumed;
        _hasVariant |= choice.IsVariant;
    }

    private void ReadDelta(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        Require(!choice.Delta.Exists);
        choice.Delta.Begin(ref reader);
        if (!choice.Delta.IsNull)
        {
            Require(choice.Delta.Type == JsonTokenType.StartObject);
            choice.FirstDeltaMember = _deltaMemberCount;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadDeltaMember(ref reader, ref choice);
            }

            choice.DeltaMemberCount = _deltaMemberCount - choice.FirstDeltaMember;
        }

        choice.Delta.End(reader);
    }

    private void ReadDeltaMember(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        if (_deltaMemberCount == _deltaMembers.Length)
        {
            Array.Resize(ref _deltaMembers, 2 * _deltaMemberCount);
        }

        ref var member = ref _deltaMembers[_deltaMemberCount++];
        switch (reader.ValueSpan.Length)
        {
            case 4 when reader.ValueSpan.SequenceEqual("role"u8): member.Read(ref reader); choice.Role = member; break;
            case 7 when reader.ValueSpan.SequenceEqual("content"u8): member.Read(ref reader); choice.Content = member; break;
            case 7 when reader.ValueSpan.SequenceEqual("refusal"u8): member.Read(ref reader); choice.Refusal = member; break;
            case 9 when reader.ValueSpan.SequenceEqual("reasoning"u8): member.Read(ref reader); choice.Reasoning = member; break;
            case 10 when reader.ValueSpan.SequenceEqual("tool_calls"u8): member.Read(ref reader); choice.ToolCalls = member; break;
            case 13 when reader.ValueSpan.SequenceEqual("function_call"u8):
                choice.HasOlderCall = OlderCall.HasText(reader);
                member.Read(ref reader);
                choice.FunctionCall = member;
                break;
            case 17 when reader.ValueSpan.SequenceEqual("reasoning_content"u8):
                member.Read(ref reader);
                choice.ReasoningContent = member;
                break;
            default: member.Read(ref reader); break;
        }
    }

    private static void ReadIndex(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        choice.IndexMember.Begin(ref reader);
        choice.Index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index)
            && index is >= 0 and < MaximumChoices ? index : ChoiceLayout.InvalidIndex;
        reader.Skip();
        choice.IndexMember.End(reader);
    }

    private static bool IsValue(ref Utf8JsonReader reader)
    {
        JsonMember member = default;
        member.Read(ref reader);
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
