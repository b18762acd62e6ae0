using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

// How the choices of a record are read: from their beginning, or from the end of the head on.
internal sealed partial class ChunkLayout
{
    private void ReadFromHead(ref Utf8JsonReader reader)
    {
        _members = _head.Members;
        ref var choice = ref _choices[0];
        choice = _head.Choice;
        ReadDeltaMembers(ref reader, ref choice);
        ReadChoiceMembers(ref reader, ref choice);
        ReadChoiceList(ref reader);
        ReadMembers(ref reader);
    }

    private void ReadChoices(ref Utf8JsonReader reader)
    {
        ref var member = ref _members.Choices;
        Require(!member.Exists);
        member.Begin(ref reader, _offset);
        if (member.IsNull)
        {
            member.End(reader, _offset);
            return;
        }

        Require(member.Type == JsonTokenType.StartArray);
        ReadChoiceList(ref reader);
    }

    // Reads the choices up to the end of the list.
    private void ReadChoiceList(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            Require(ChoiceCount < MaximumChoices);
            if (ChoiceCount == _choices.Length)
            {
                Array.Resize(ref _choices, 2 * ChoiceCount);
            }

            ref var choice = ref _choices[ChoiceCount];
            choice = default;
            choice.Start = (int)reader.TokenStartIndex + _offset;
            choice.Index = ChoiceCount;
            ReadChoiceMembers(ref reader, ref choice);
        }

        Require(reader.TokenType == JsonTokenType.EndArray);
        _members.Choices.End(reader, _offset);
    }

    // Reads a choice up to its end.
    private void ReadChoiceMembers(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            choice.MemberCount++;
            switch (reader.ValueSpan.Length)
            {
                case 4 when reader.ValueSpan.SequenceEqual("text"u8): choice.Text.Read(ref reader, _offset); break;
                case 5 when reader.ValueSpan.SequenceEqual("index"u8): ReadIndex(ref reader, ref choice); break;
                case 5 when reader.ValueSpan.SequenceEqual("delta"u8): ReadDelta(ref reader, ref choice); break;
                case 5 when reader.ValueSpan.SequenceEqual("error"u8):
                    choice.Error.Read(ref reader, _offset);
                    choice.HasOthers |= !choice.Error.IsNull;
                    break;
                case 5 when reader.ValueSpan.SequenceEqual("usage"u8): choice.Usage.Read(ref reader, _offset); break;
                case 7 when reader.ValueSpan.SequenceEqual("message"u8): choice.Message.Read(ref reader, _offset); break;
                case 8 when reader.ValueSpan.SequenceEqual("logprobs"u8): choice.Logprobs.Read(ref reader, _offset); break;
                case 13 when reader.ValueSpan.SequenceEqual("finish_reason"u8): choice.FinishReason.Read(ref reader, _offset); break;
                default: choice.HasOthers |= IsValue(ref reader); break;
            }
        }

        choice.End = (int)reader.BytesConsumed + _offset;
        _hasVariant |= choice.IsVariant;
        ChoiceCount++;
    }

    private void ReadDelta(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        Require(!choice.Delta.Exists);
        choice.Delta.Begin(ref reader, _offset);
        if (choice.Delta.IsNull)
        {
            choice.Delta.End(reader, _offset);
            return;
        }

        Require(choice.Delta.Type == JsonTokenType.StartObject);
        choice.FirstDeltaMember = _deltaMemberCount;
        if (_offset == 0 && ChoiceCount == 0)
        {
            _headLength = (int)reader.BytesConsumed;
            _head.Begin(_members, choice, reader.CurrentState);
        }

        ReadDeltaMembers(ref reader, ref choice);
    }

    // Reads a delta up to its end.
    private void ReadDeltaMembers(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        _otherThinking = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadDeltaMember(ref reader, ref choice);
        }

        if (_otherThinking.HasText)
        {
            TakeOtherThinking(ref choice);
        }

        choice.DeltaMemberCount = _deltaMemberCount - choice.FirstDeltaMember;
        choice.Delta.End(reader, _offset);
    }

    // Takes the place of a member that is missing or empty. If the delta has its text under both other names, it repeats the text.
    private void TakeOtherThinking(ref ChoiceLayout choice)
    {
        if (!choice.Reasoning.Exists)
        {
            choice.Reasoning = _otherThinking;
        }
        else if (!choice.ReasoningContent.HasText)
        {
            choice.ReasoningContent = _otherThinking;
        }
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
            case 4 when reader.ValueSpan.SequenceEqual("role"u8): Take(ref reader, ref member, ref choice.Role, ref choice); break;
            case 7 when reader.ValueSpan.SequenceEqual("content"u8): Take(ref reader, ref member, ref choice.Content, ref choice); break;
            case 7 when reader.ValueSpan.SequenceEqual("refusal"u8): Take(ref reader, ref member, ref choice.Refusal, ref choice); break;
            case 8 when reader.ValueSpan.SequenceEqual("thinking"u8): member.Read(ref reader, _offset); _otherThinking = member; break;
            case 9 when reader.ValueSpan.SequenceEqual("reasoning"u8):
                Take(ref reader, ref member, ref choice.Reasoning, ref choice);
                break;
            case 10 when reader.ValueSpan.SequenceEqual("tool_calls"u8):
                choice.ToolCallLength = TakeCalls(ref reader, ref member, ref choice.ToolCalls, ref choice);
                break;
            case 13 when reader.ValueSpan.SequenceEqual("function_call"u8):
                choice.LegacyCall = LegacyCall.Find(reader);
                choice.LegacyCallLength = TakeCalls(ref reader, ref member, ref choice.FunctionCall, ref choice);
                break;
            case 14 when reader.ValueSpan.SequenceEqual("reasoning_text"u8):
                member.Read(ref reader, _offset);
                _otherThinking = member;
                break;
            case 17 when reader.ValueSpan.SequenceEqual("reasoning_content"u8):
                Take(ref reader, ref member, ref choice.ReasoningContent, ref choice);
                break;
            default: member.Read(ref reader, _offset); break;
        }
    }

    private void Take(ref Utf8JsonReader reader, ref JsonMember member, ref JsonMember place, ref ChoiceLayout choice)
    {
        member.Read(ref reader, _offset);
        choice.HasRepeated |= place.Exists;
        place = member;
    }

    private int TakeCalls(ref Utf8JsonReader reader, ref JsonMember member, ref JsonMember place, ref ChoiceLayout choice)
    {
        member.Begin(ref reader, _offset);
        var length = CallArguments.Measure(ref reader);
        member.End(reader, _offset);
        choice.HasRepeated |= place.Exists;
        place = member;
        return length;
    }

    private void ReadIndex(ref Utf8JsonReader reader, ref ChoiceLayout choice)
    {
        choice.IndexMember.Begin(ref reader, _offset);
        choice.Index = IndexNumber.ValueOf(reader) is >= 0 and < MaximumChoices and var index ? index : ChoiceLayout.InvalidIndex;
        choice.HasPlainIndex = IndexNumber.IsPlain(reader, out _);
        reader.Skip();
        choice.IndexMember.End(reader, _offset);
    }
}
