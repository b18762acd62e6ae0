using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Edits the delta of a choice: the name of the thinking field, the role, the tool calls, and meaningless white space. If
/// a delta gains or loses a member, it is written again with its texts unchanged. Other changes replace only the bytes that differ.
/// </summary>
internal sealed partial class DeltaEditor(OutputFormat format, JsonSplicer splices)
{
    private static readonly byte[] ReasoningName = "\"reasoning\""u8.ToArray();
    private static readonly byte[] ReasoningContentName = "\"reasoning_content\""u8.ToArray();
    private static readonly byte[] Null = "null"u8.ToArray();
    private static readonly byte[] ThinkEnd = "</think>"u8.ToArray();
    private static readonly byte[] Role = "\"role\":\"assistant\""u8.ToArray();
    private static readonly byte[] RoleAndComma = "\"role\":\"assistant\","u8.ToArray();

    private readonly ReasoningOutput _output = format.Reasoning;
    private readonly DeltaPlanner _planner = new(format.Id);

    /// <summary>True if nothing of the last delta is left to send: only its finish reason is.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Adds the splices of one delta; false if nothing of it is left to send.</summary>
    /// <param name="isReasoning">True if the content is thinking.</param>
    /// <param name="hasMore">True if the chunk has more than the delta. It is then also sent without text.</param>
    public bool Edit(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, bool isReasoning, bool hasMore)
    {
        IsEmpty = false;
        _planner.Plan(chunk.Json, choice, tracker, isReasoning, out var plan);
        var isMoved = plan.Reasoning.Exists && _output is ReasoningOutput.Both or ReasoningOutput.Think or ReasoningOutput.Hidden;
        var isRepeated = choice.Role.Exists && tracker.HasRole;
        if ((plan.IsChanged && !IsTextOnly(plan)) || isMoved || IsDouble(choice, isReasoning) || HasObject(choice)
            || choice.HasUselessLegacyCall
            || (isRepeated ? !choice.HasOneText : choice.Role.Exists && !IsAssistant(chunk.Json, choice.Role)))
        {
            var isKept = isRepeated && !plan.IsChanged && !isMoved && chunk.Layout.HasOthers; // llama.cpp's prompt_progress
            return Rebuild(chunk, choice, tracker, plan, hasMore || isKept);
        }

        if (isRepeated)
        {
            RemoveRole(chunk, choice);
        }
        else if (!tracker.HasRole && !choice.Role.Exists)
        {
            splices.Add(choice.Delta.ValueStart + 1, 0, choice.DeltaMemberCount > 0 ? RoleAndComma : Role);
        }

        if (plan.Reasoning.Exists)
        {
            Rename(chunk.Json, plan.Reasoning);
        }
        else if (tracker.IsThinkOpen)
        {
            CloseThink(choice, tracker, plan.EndsThinking);
        }

        if (plan.IsReasoningChanged)
        {
            ReplaceText(plan.Reasoning);
        }

        tracker.HasRole = true;
        return true;
    }

    // Removes the role with the comma after it or, at the end, with the comma before it: a delta with text has another member.
    private void RemoveRole(in Chunk chunk, in ChoiceLayout choice)
    {
        var role = choice.Role;
        var start = role.NameStart;
        foreach (ref readonly var member in chunk.Layout.DeltaMembers(choice))
        {
            if (member.NameStart > role.NameStart)
            {
                splices.Add(role.NameStart, member.NameStart - role.NameStart, []);
                return;
            }

            start = member.NameStart < role.NameStart ? member.ValueEnd : start;
        }

        splices.Add(start, role.ValueEnd - start, []);
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

    private static bool HasObject(in ChoiceLayout choice) => (choice.LegacyCall & LegacyCallParts.Object) != 0;

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
}
