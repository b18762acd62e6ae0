using LambdaChat.Models;

namespace LambdaChat.Relay.Chunks;

// Deltas that are written again, with their texts unchanged.
internal sealed partial class DeltaEditor
{
    private bool Rebuild(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, in DeltaPlan plan, bool hasMore)
    {
        var from = splices.Scratch.Length;
        splices.Scratch.Append("{"u8);
        var hasOthers = WriteOthers(chunk, choice, tracker, plan);
        var hasText = WriteTexts(chunk.Json, tracker, plan);
        var isHidden = _output == ReasoningOutput.Hidden && plan.Reasoning.HasText; // Logprobs contain the thinking.
        IsEmpty = !hasOthers && !hasText && (!hasMore || isHidden);
        if (IsEmpty && tracker.Finish == FinishReason.None)
        {
            return false;
        }

        if (isHidden && choice.Logprobs.Exists)
        {
            splices.Add(choice.Logprobs.ValueStart, choice.Logprobs.ValueEnd - choice.Logprobs.ValueStart, Null);
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

    // Writes all members except the texts. Returns false if it wrote nothing but a role.
    private bool WriteOthers(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, in DeltaPlan plan)
    {
        var record = chunk.Json;
        var hasOthers = false;
        foreach (ref readonly var member in chunk.Layout.DeltaMembers(choice))
        {
            var isText = member.NameStart == choice.Content.NameStart || member.NameStart == plan.Reasoning.NameStart
                || ThinkingNames.IsText(member.Name(record));
            if (isText || (member.NameStart == choice.Role.NameStart && (tracker.HasRole || !IsAssistant(record, choice.Role)))
                || (choice.HasUselessLegacyCall && member.NameStart == choice.FunctionCall.NameStart))
            {
                continue;
            }

            if (member.NameStart == choice.ToolCalls.NameStart && plan.AreToolCallsChanged)
            {
                hasOthers |= plan.HasToolCalls;
                WriteToolCalls(plan);
                continue;
            }

            if (HasObject(choice) && member.NameStart == choice.FunctionCall.NameStart)
            {
                WriteMember("\"function_call\":"u8, default);
                LegacyCall.Write(member.Value(record), splices.Scratch);
            }
            else
            {
                WriteMember(record[member.NameStart..member.ValueEnd], default);
            }

            hasOthers |= member.NameStart != choice.Role.NameStart;
        }

        return hasOthers;
    }

    private void WriteToolCalls(in DeltaPlan plan)
    {
        if (plan.HasToolCalls)
        {
            WriteMember("\"tool_calls\":"u8, default);
            splices.Scratch.Append(_planner.ToolCalls);
        }
    }

    // True if the client receives text.
    private bool WriteTexts(ReadOnlySpan<byte> record, ChoiceTracker tracker, in DeltaPlan plan)
    {
        var reasoning = plan.IsReasoningChanged ? _planner.ReasoningText : plan.Reasoning.HasText ? plan.Reasoning.Text(record) : default;
        var content = plan.IsContentChanged ? _planner.ContentText : plan.Content.HasText ? plan.Content.Text(record) : default;
        if (_output == ReasoningOutput.Think)
        {
            return WriteThink(tracker, reasoning, content, plan.EndsThinking);
        }

        if (reasoning.Length > 0 && _output is ReasoningOutput.ReasoningContent or ReasoningOutput.Both)
        {
            WriteMember(ReasoningContentName, reasoning);
        }

        if (reasoning.Length > 0 && _output is ReasoningOutput.Reasoning or ReasoningOutput.Both)
        {
            WriteMember(ReasoningName, reasoning);
        }

        WriteContent(record, content, plan);
        return content.Length > 0 || (reasoning.Length > 0 && _output != ReasoningOutput.Hidden);
    }

    private void WriteContent(ReadOnlySpan<byte> record, ReadOnlySpan<byte> content, in DeltaPlan plan)
    {
        if (content.Length > 0)
        {
            WriteMember("\"content\""u8, content);
        }
        else if (plan.Content.Exists)
        {
            WriteMember("\"content\":"u8, default);
            splices.Scratch.Append(plan.IsContentChanged ? plan.HasToolCalls ? "null"u8 : "\"\""u8 : plan.Content.Value(record));
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

    // Writes only the name if there is no text.
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
}
