using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Edits the delta of a choice: the name of the thinking field, the role, the tool calls, and white space without a meaning. A changed name
/// is spliced; only a delta that gains or loses a member is written anew, its texts as the bytes that came.
/// </summary>
internal sealed class DeltaEditor(OutputFormat format, JsonSplicer splices)
{
    private static readonly byte[] ReasoningName = "\"reasoning\""u8.ToArray();
    private static readonly byte[] ReasoningContentName = "\"reasoning_content\""u8.ToArray();
    private static readonly byte[] ThinkEnd = "</think>"u8.ToArray();
    private static readonly byte[] Role = "\"role\":\"assistant\""u8.ToArray();
    private static readonly byte[] RoleAndComma = "\"role\":\"assistant\","u8.ToArray();

    private readonly ReasoningOutput _output = format.Reasoning;
    private readonly ByteBuffer _reasoningText = new(64);
    private readonly ByteBuffer _contentText = new(64);
    private readonly ByteBuffer _toolCalls = new(64);

    /// <summary>Adds the splices of one delta; false where nothing of it is left to send.</summary>
    /// <param name="isReasoning">True where the content is thinking.</param>
    public bool Edit(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, bool isReasoning)
    {
        var edit = Plan(chunk.Json, choice, tracker, isReasoning);
        var isMoved = edit.Reasoning.Exists && _output is ReasoningOutput.Both or ReasoningOutput.Think or ReasoningOutput.Hidden;
        if (edit.IsChanged || isMoved || IsDouble(choice, isReasoning) || (choice.Role.Exists && !IsAssistant(chunk.Json, choice.Role)))
        {
            return Rebuild(chunk, choice, tracker, edit);
        }

        if (!tracker.HasRole && !choice.Role.Exists)
        {
            splices.Add(choice.Delta.ValueStart + 1, 0, choice.DeltaMemberCount > 0 ? RoleAndComma : Role);
        }

        if (edit.Reasoning.Exists)
        {
            Rename(chunk.Json, edit.Reasoning);
        }
        else if (tracker.IsThinkOpen)
        {
            CloseThink(choice, tracker, edit.EndsThinking);
        }

        tracker.HasRole = true;
        return true;
    }

    private static bool IsAssistant(ReadOnlySpan<byte> record, in JsonMember role) => role.Value(record).SequenceEqual("\"assistant\""u8);

    private static bool IsDouble(in ChoiceLayout choice, bool isReasoning) => isReasoning
        ? choice.Reasoning.Exists || choice.ReasoningContent.Exists
        : choice.Reasoning.Exists && choice.ReasoningContent.Exists;

    // What changes in the texts and tool calls of a delta. The order matters: a tool call decides on the white space in front of it.
    private DeltaEdit Plan(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker tracker, bool isReasoning)
    {
        var edit = new DeltaEdit { Reasoning = FindReasoning(choice, isReasoning) };
        edit.Content = isReasoning ? default : choice.Content;
        if (choice.ToolCalls.Exists)
        {
            PlanToolCalls(record, choice, tracker, ref edit);
        }

        if (edit.Reasoning.HasText)
        {
            edit.IsReasoningChanged = tracker.Thinking.TryEdit(edit.Reasoning.Text(record), _reasoningText);
        }

        PlanContent(record, choice, tracker, ref edit);
        edit.EndsThinking = edit.HasContent(record, _contentText) || edit.HasToolCalls || tracker.Finish != FinishReason.None;
        if (edit.EndsThinking)
        {
            tracker.Thinking.End();
        }

        return edit;
    }

    private void PlanToolCalls(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker tracker, ref DeltaEdit edit)
    {
        if (!choice.HasToolCalls)
        {
            edit.AreToolCallsChanged = !choice.ToolCalls.IsNull; // An empty list is dropped.
            return;
        }

        edit.AreToolCallsChanged = tracker.ToolCalls.TryEdit(choice.ToolCalls.Value(record), format.Id, _toolCalls);
        edit.HasToolCalls = _toolCalls.Length > 0;
        if (edit.HasToolCalls)
        {
            tracker.Content.End();
        }
    }

    private void PlanContent(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker tracker, ref DeltaEdit edit)
    {
        if (edit.Content.HasText)
        {
            edit.IsContentChanged = tracker.Content.TryEdit(edit.Content.Text(record), _contentText);
            if (edit.HasToolCalls && JsonWhiteSpace.IsBlank(edit.IsContentChanged ? _contentText.Span : edit.Content.Text(record)))
            {
                tracker.Content.End();
                _contentText.Clear();
                edit.IsContentChanged = true;
            }
        }

        // A reply of nothing but white space keeps it.
        if (tracker.Finish != FinishReason.None && tracker.Content.HasPending && tracker.ToolCalls.Count == 0)
        {
            _contentText.Clear();
            _contentText.Append(tracker.Content.TakePending());
            edit.IsContentChanged = true;
        }
    }

    // The member that holds the thinking; of two the one with text in it.
    private static JsonMember FindReasoning(in ChoiceLayout choice, bool isReasoning)
    {
        if (isReasoning)
        {
            return choice.Content;
        }

        return choice.ReasoningContent.HasText || !choice.Reasoning.Exists ? choice.ReasoningContent
            : choice.Reasoning.HasText || !choice.ReasoningContent.Exists ? choice.Reasoning
            : choice.ReasoningContent;
    }

    private void Rename(ReadOnlySpan<byte> record, in JsonMember member)
    {
        var name = _output == ReasoningOutput.Reasoning ? ReasoningName : ReasoningContentName;
        var old = record[member.NameStart..member.ValueStart];
        if (!old.StartsWith(name))
        {
            splices.Add(member.NameStart, old.LastIndexOf((byte)'"') + 1, name);
        }
    }

    private void CloseThink(in ChoiceLayout choice, ChoiceTracker tracker, bool endsThinking)
    {
        if (choice.Content.HasText)
        {
            splices.Add(choice.Content.ValueStart + 1, 0, ThinkEnd);
            tracker.IsThinkOpen = false;
        }
        else if (endsThinking)
        {
            var content = choice.Content;
            var (start, length) = content.Exists ? (content.NameStart, content.ValueEnd - content.NameStart) : (choice.Delta.ValueStart + 1, 0);
            var from = splices.Scratch.Length;
            splices.Scratch.Append("\"content\":\"</think>\""u8);
            splices.Scratch.Append(!content.Exists && choice.DeltaMemberCount > 0 ? ","u8 : default);
            splices.AddScratch(start, length, from);
            tracker.IsThinkOpen = false;
        }
    }

    private bool Rebuild(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, in DeltaEdit edit)
    {
        var from = splices.Scratch.Length;
        splices.Scratch.Append("{"u8);
        var hasOthers = WriteOthers(chunk, choice, edit);
        var hasText = WriteTexts(chunk.Json, tracker, edit);
        if (!hasOthers && !hasText && tracker.Finish == FinishReason.None)
        {
            return false;
        }

        var isNamed = choice.Role.Exists && IsAssistant(chunk.Json, choice.Role);
        if (!tracker.HasRole && !isNamed)
        {
            WriteMember(Role, default);
        }

        tracker.HasRole = true;
        splices.Scratch.Append("}"u8);
        splices.AddScratch(choice.Delta.ValueStart, choice.Delta.ValueEnd - choice.Delta.ValueStart, from);
        return true;
    }

    // Everything but the texts. False where there is nothing of it; the role alone counts only before it was sent.
    private bool WriteOthers(in Chunk chunk, in ChoiceLayout choice, in DeltaEdit edit)
    {
        var record = chunk.Json;
        var hasOthers = false;
        foreach (ref readonly var member in chunk.Layout.DeltaMembers(choice))
        {
            var isText = member.NameStart == choice.Content.NameStart || member.NameStart == choice.Reasoning.NameStart ||
                member.NameStart == choice.ReasoningContent.NameStart || member.NameStart == edit.Reasoning.NameStart;
            if (isText || (member.NameStart == choice.Role.NameStart && !IsAssistant(record, choice.Role)))
            {
                continue;
            }

            if (member.NameStart == choice.ToolCalls.NameStart && edit.AreToolCallsChanged)
            {
                hasOthers |= edit.HasToolCalls;
                WriteToolCalls(edit);
                continue;
            }

            WriteMember(record[member.NameStart..member.ValueEnd], default);
            hasOthers |= member.NameStart != choice.Role.NameStart;
        }

        return hasOthers;
    }

    private void WriteToolCalls(in DeltaEdit edit)
    {
        if (edit.HasToolCalls)
        {
            WriteMember("\"tool_calls\":"u8, default);
            splices.Scratch.Append(_toolCalls.Span);
        }
    }

    // True where a text is left that the client gets.
    private bool WriteTexts(ReadOnlySpan<byte> record, ChoiceTracker tracker, in DeltaEdit edit)
    {
        var reasoning = edit.IsReasoningChanged ? _reasoningText.Span : edit.Reasoning.HasText ? edit.Reasoning.Text(record) : default;
        var content = edit.IsContentChanged ? _contentText.Span : edit.Content.HasText ? edit.Content.Text(record) : default;
        if (_output == ReasoningOutput.Think)
        {
            return WriteThink(tracker, reasoning, content, edit.EndsThinking);
        }

        if (reasoning.Length > 0 && _output is ReasoningOutput.ReasoningContent or ReasoningOutput.Both)
        {
            WriteMember(ReasoningContentName, reasoning);
        }

        if (reasoning.Length > 0 && _output is ReasoningOutput.Reasoning or ReasoningOutput.Both)
        {
            WriteMember(ReasoningName, reasoning);
        }

        WriteContent(record, content, edit);
        return content.Length > 0 || (reasoning.Length > 0 && _output != ReasoningOutput.Hidden);
    }

    private void WriteContent(ReadOnlySpan<byte> record, ReadOnlySpan<byte> content, in DeltaEdit edit)
    {
        if (content.Length > 0)
        {
            WriteMember("\"content\""u8, content);
        }
        else if (edit.Content.Exists)
        {
            WriteMember("\"content\":"u8, default);
            splices.Scratch.Append(edit.IsContentChanged ? edit.HasToolCalls ? "null"u8 : "\"\""u8 : edit.Content.Value(record));
        }
    }

    // One content: the opening tag, the thinking, the closing tag, the answer.
    private bool WriteThink(ChoiceTracker tracker, ReadOnlySpan<byte> reasoning, ReadOnlySpan<byte> answer, bool endsThinking)
    {
        var opens = reasoning.Length > 0 && !tracker.IsThinkOpen;
        var isOpen = opens || tracker.IsThinkOpen;
        var closes = isOpen && (answer.Length > 0 || endsThinking);
        tracker.IsThinkOpen = isOpen && !closes;
        WriteMember("\"content\":\""u8, default);
        splices.Scratch.Append(opens ? "<think>"u8 : default);
        splices.Scratch.Append(reasoning);
        splices.Scratch.Append(closes ? ThinkEnd : default);
        splices.Scratch.Append(answer);
        splices.Scratch.Append("\""u8);
        return opens || closes || reasoning.Length > 0 || answer.Length > 0;
    }

    // A name alone where there is no text.
    private void WriteMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (splices.Scratch.Span[^1] != '{')
        {
            splices.Scratch.Append(","u8);
        }

        splices.Scratch.Append(name);
        if (text.Length > 0)
        {
            splices.Scratch.Append(":\""u8);
            splices.Scratch.Append(text);
            splices.Scratch.Append("\""u8);
        }
    }

    private struct DeltaEdit
    {
        public JsonMember Reasoning;
        public JsonMember Content;
        public bool IsReasoningChanged;
        public bool IsContentChanged;
        public bool AreToolCallsChanged;
        public bool HasToolCalls;
        public bool EndsThinking;

        public readonly bool IsChanged => IsReasoningChanged || IsContentChanged || AreToolCallsChanged;

        public readonly bool HasContent(ReadOnlySpan<byte> record, ByteBuffer changed) =>
            Content.HasText && (IsContentChanged ? changed.Length > 0 : !JsonWhiteSpace.IsBlank(Content.Text(record)));
    }
}
