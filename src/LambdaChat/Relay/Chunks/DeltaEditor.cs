using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Gives a choice's delta the names and the form of our contract. A changed name is spliced; only a delta that gains or loses a member is
/// written anew, its texts as the bytes that came.
/// </summary>
internal sealed class DeltaEditor(ReasoningOutput output, JsonSplicer splices)
{
    private static readonly byte[] Reasoning = "\"reasoning\""u8.ToArray();
    private static readonly byte[] ReasoningContent = "\"reasoning_content\""u8.ToArray();
    private static readonly byte[] ThinkEnd = "</think>"u8.ToArray();
    private static readonly byte[] Role = "\"role\":\"assistant\""u8.ToArray();
    private static readonly byte[] RoleAndComma = "\"role\":\"assistant\","u8.ToArray();

    /// <summary>Adds the splices of one delta; false where nothing of it is left to send.</summary>
    /// <param name="isReasoning">True where the content is thinking.</param>
    public bool Edit(ReadOnlySpan<byte> record, ChunkLayout layout, in ChoiceLayout choice, ChoiceTracker state, bool isReasoning)
    {
        var reasoning = FindReasoning(choice, isReasoning);
        var isDouble = isReasoning ? choice.Reasoning.Exists || choice.ReasoningContent.Exists : choice.Reasoning.Exists && choice.ReasoningContent.Exists;
        var isMoved = reasoning.Exists && output is ReasoningOutput.Both or ReasoningOutput.Think or ReasoningOutput.Hidden;
        if (isDouble || isMoved || choice.Role.IsNull)
        {
            return Rebuild(record, layout, choice, state, reasoning);
        }

        if (NeedsRole(choice, state))
        {
            splices.Add(choice.Delta.ValueStart + 1, 0, choice.DeltaMemberCount > 0 ? RoleAndComma : Role);
        }

        if (reasoning.Exists)
        {
            Rename(record, reasoning);
        }
        else if (state.IsThinkOpen)
        {
            CloseThink(choice, state);
        }

        state.HasRole = true;
        return true;
    }

    // The member that holds the thinking; of two the one with text in it.
    private static JsonMember FindReasoning(in ChoiceLayout choice, bool isReasoning) =>
        isReasoning ? choice.Content
        : choice.ReasoningContent.HasText || !choice.Reasoning.Exists ? choice.ReasoningContent
        : choice.Reasoning.HasText || !choice.ReasoningContent.Exists ? choice.Reasoning
        : choice.ReasoningContent;

    private static bool NeedsRole(in ChoiceLayout choice, ChoiceTracker state) => !state.HasRole && !choice.Role.Exists;

    private void Rename(ReadOnlySpan<byte> record, in JsonMember member)
    {
        var name = output == ReasoningOutput.Reasoning ? Reasoning : ReasoningContent;
        var old = record[member.NameStart..member.ValueStart];
        if (!old.StartsWith(name))
        {
            splices.Add(member.NameStart, old.LastIndexOf((byte)'"') + 1, name);
        }
    }

    private void CloseThink(in ChoiceLayout choice, ChoiceTracker state)
    {
        if (choice.Content.HasText)
        {
            splices.Add(choice.Content.ValueStart + 1, 0, ThinkEnd);
            state.IsThinkOpen = false;
        }
        else if (choice.IsFinished || choice.HasToolCalls)
        {
            var content = choice.Content;
            var (start, length) = content.Exists ? (content.NameStart, content.ValueEnd - content.NameStart) : (choice.Delta.ValueStart + 1, 0);
            var comma = !content.Exists && choice.DeltaMemberCount > 0 ? ","u8 : default;
            var from = splices.Scratch.Length;
            splices.Scratch.Append("\"content\":\"</think>\""u8);
            splices.Scratch.Append(comma);
            splices.AddScratch(start, length, from);
            state.IsThinkOpen = false;
        }
    }

    private bool Rebuild(ReadOnlySpan<byte> record, ChunkLayout layout, in ChoiceLayout choice, ChoiceTracker state, in JsonMember reasoning)
    {
        var from = splices.Scratch.Length;
        var isEmpty = WriteOthers(record, layout, choice, reasoning);
        var text = reasoning.HasText ? reasoning.Text(record) : default;
        isEmpty &= !WriteTexts(record, choice, state, reasoning, text);
        if (isEmpty && !choice.IsFinished)
        {
            return false;
        }

        if (!state.HasRole && (!choice.Role.Exists || choice.Role.IsNull))
        {
            WriteMember(Role, default);
        }

        state.HasRole = true;
        splices.Scratch.Append("}"u8);
        splices.AddScratch(choice.Delta.ValueStart, choice.Delta.ValueEnd - choice.Delta.ValueStart, from);
        return true;
    }

    // Everything but the texts, as it came. True where there is nothing.
    private bool WriteOthers(ReadOnlySpan<byte> record, ChunkLayout layout, in ChoiceLayout choice, in JsonMember reasoning)
    {
        splices.Scratch.Append("{"u8);
        var isEmpty = true;
        foreach (ref readonly var member in layout.DeltaMembers(choice))
        {
            var isText = member.NameStart == choice.Content.NameStart || member.NameStart == choice.Reasoning.NameStart ||
                member.NameStart == choice.ReasoningContent.NameStart || member.NameStart == reasoning.NameStart;
            var isNullRole = member.NameStart == choice.Role.NameStart && choice.Role.IsNull;
            if (!isText && !isNullRole)
            {
                WriteMember(record[member.NameStart..member.ValueEnd], default);
                isEmpty = false;
            }
        }

        return isEmpty;
    }

    private bool WriteTexts(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker state, in JsonMember reasoning, ReadOnlySpan<byte> text)
    {
        var content = choice.Content.Exists && choice.Content.NameStart != reasoning.NameStart ? choice.Content.Value(record) : default;
        if (output == ReasoningOutput.Think)
        {
            return WriteThink(choice, state, text, content);
        }

        if (text.Length > 0 && output is ReasoningOutput.ReasoningContent or ReasoningOutput.Both)
        {
            WriteMember(ReasoningContent, text);
        }

        if (text.Length > 0 && output is ReasoningOutput.Reasoning or ReasoningOutput.Both)
        {
            WriteMember(Reasoning, text);
        }

        if (content.Length > 0)
        {
            WriteMember("\"content\":"u8, default);
            splices.Scratch.Append(content);
        }

        var hasAnswer = content.Length > 0 && choice.Content.HasText;
        return hasAnswer || (text.Length > 0 && output != ReasoningOutput.Hidden);
    }

    // One content: what opens, the thinking, what closes, the answer.
    private bool WriteThink(in ChoiceLayout choice, ChoiceTracker state, ReadOnlySpan<byte> text, ReadOnlySpan<byte> content)
    {
        var answer = content.Length > 2 && content[0] == '"' ? content[1..^1] : default;
        var opens = text.Length > 0 && !state.IsThinkOpen;
        var isOpen = opens || state.IsThinkOpen;
        var closes = isOpen && (answer.Length > 0 || choice.IsFinished || choice.HasToolCalls);
        state.IsThinkOpen = isOpen && !closes;
        WriteMember("\"content\":\""u8, default);
        splices.Scratch.Append(opens ? "<think>"u8 : default);
        splices.Scratch.Append(text);
        splices.Scratch.Append(closes ? ThinkEnd : default);
        splices.Scratch.Append(answer);
        splices.Scratch.Append("\""u8);
        return opens || closes || text.Length > 0 || answer.Length > 0;
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
}
