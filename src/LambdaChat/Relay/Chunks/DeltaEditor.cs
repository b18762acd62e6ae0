using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Edits the delta of a choice: the name of the thinking field, the role, the tool calls, and meaningless white space. If
/// a delta gains or loses a member, it is written again with its texts unchanged. Other changes replace only the bytes that differ.
/// </summary>
internal sealed class DeltaEditor(OutputFormat format, JsonSplicer splices)
{
    private static readonly byte[] ReasoningName = "\"reasoning\""u8.ToArray();
    private static readonly byte[] ReasoningContentName = "\"reasoning_content\""u8.ToArray();
    private static readonly byte[] ThinkEnd = "</think>"u8.ToArray();
    private static readonly byte[] Role = "\"role\":\"assistant\""u8.ToArray();
    private static readonly byte[] RoleAndComma = "\"role\":\"assistant\","u8.ToArray();

    private readonly ReasoningOutput _output = format.Reasoning;
    private readonly DeltaPlanner _planner = new(format.Id);

    /// <summary>Adds the splices of one delta; false if nothing of it is left to send.</summary>
    /// <param name="isReasoning">True if the content is thinking.</param>
    /// <param name="hasMore">True if the chunk has more than the delta. It is then also sent without text.</param>
    public bool Edit(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, bool isReasoning, bool hasMore)
    {
        var plan = _planner.Plan(chunk.Json, choice, tracker, isReasoning);
        var isMoved = plan.Reasoning.Exists && _output is ReasoningOutput.Both or ReasoningOutput.Think or ReasoningOutput.Hidden;
        var isRepeated = choice.Role.Exists && tracker.HasRole;
        if ((plan.IsChanged && !IsTextOnly(plan)) || isMoved || IsDouble(choice, isReasoning) || choice.RepeatsToolCall || isRepeated
            || (choice.Role.Exists && !IsAssistant(chunk.Json, choice.Role)))
        {
            var isKept = isRepeated && !plan.IsChanged && !isMoved && chunk.Layout.HasOthers; // llama.cpp's prompt_progress
            return Rebuild(chunk, choice, tracker, plan, hasMore || isKept);
        }

        if (!tracker.HasRole && !choice.Role.Exists)
        {
            splices.Add(choice.Delta.ValueStart + 1, 0, choice.DeltaMemberCount > 0 ? RoleAndComma : Role);
        }

        if (plan.IsReasoningChanged)
        {
            ReplaceText(plan.Reasoning);
        }

        if (plan.Reasoning.Exists)
        {
            Rename(chunk.Json, plan.Reasoning);
        }
        else if (tracker.IsThinkOpen)
        {
            CloseThink(choice, tracker, plan.EndsThinking);
        }

        tracker.HasRole = true;
        return true;
    }

    // Only line feeds of the thinking changed, and some text is left, so only these bytes are replaced.
    private bool IsTextOnly(in DeltaPlan plan) =>
        plan is { IsReasoningChanged: true, IsContentChanged: false, AreToolCallsChanged: false } && _planner.ReasoningText.Length > 0;

    private void ReplaceText(in JsonMember member)
    {
        var from = splices.Scratch.Length;
        splices.Scratch.Append(_planner.ReasoningText);
        splices.AddScratch(member.ValueStart + 1, member.ValueEnd - member.ValueStart - 2, from);
    }

    private static bool IsAssistant(ReadOnlySpan<byte> record, in JsonMember role) => role.Value(record).SequenceEqual("\"assistant\""u8);

    private static bool IsDouble(in ChoiceLayout choice, bool isReasoning) => isReasoning
        ? choice.Reasoning.Exists || choice.ReasoningContent.Exists
        : choice.Reasoning.Exists && choice.ReasoningContent.Exists;

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
            var (start, length) = content.Exists
                ? (content.NameStart, content.ValueEnd - content.NameStart)
                : (choice.Delta.ValueStart + 1, 0);
            var from = splices.Scratch.Length;
            splices.Scratch.Append("\"content\":\"</think>\""u8);
            splices.Scratch.Append(!content.Exists && choice.DeltaMemberCount > 0 ? ","u8 : default);
            splices.AddScratch(start, length, from);
            tracker.IsThinkOpen = false;
        }
    }

    private bool Rebuild(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, in DeltaPlan plan, bool hasMore)
    {
        var from = splices.Scratch.Length;
        splices.Scratch.Append("{"u8);
        var hasOthers = WriteOthers(chunk, choice, tracker, plan);
        var hasText = WriteTexts(chunk.Json, tracker, plan);
        var isHidden = _output == ReasoningOutput.Hidden && plan.Reasoning.HasText; // Logprobs contain the thinking.
        if (!hasOthers && !hasText && tracker.Finish == FinishReason.None && (!hasMore || isHidden))
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

    // Writes all members except the texts. False if there are none. A role that was already sent does not count.
    private bool WriteOthers(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, in DeltaPlan plan)
    {
        var record = chunk.Json;
        var hasOthers = false;
        foreach (ref readonly var member in chunk.Layout.DeltaMembers(choice))
        {
            var isText = member.NameStart == choice.Content.NameStart || member.NameStart == choice.Reasoning.NameStart ||
                member.NameStart == choice.ReasoningContent.NameStart || member.NameStart == plan.Reasoning.NameStart;
            if (isText || (member.NameStart == choice.Role.NameStart && (tracker.HasRole || !IsAssistant(record, choice.Role)))
                || (choice.RepeatsToolCall && member.NameStart == choice.FunctionCall.NameStart))
            {
                continue;
            }

            if (member.NameStart == choice.ToolCalls.NameStart && plan.AreToolCallsChanged)
            {
                hasOthers |= plan.HasToolCalls;
                WriteToolCalls(plan);
                continue;
            }

            WriteMember(record[member.NameStart..member.ValueEnd], default);
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
