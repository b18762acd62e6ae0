using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

// How the emitter ends choices: it classifies and holds finish reasons, withdraws them if more text follows, and cuts choices.
internal sealed partial class ChunkEmitter
{
    private const int MaximumHeldLength = 64 * 1024;

    /// <summary>Sends the chunks with finish reasons that wait for the end of the reply.</summary>
    /// <param name="isEnd">False before the end. The reason of an empty choice then still waits, because an error may follow it.</param>
    public void SendFinishes(bool isEnd)
    {
        for (var i = 0; i < trackers.Length; i++)
        {
            if (trackers[i] is { HoldsFinish: true } tracker && (isEnd || tracker.HasContent))
            {
                EndChoice(i, tracker);
            }
        }

        if (!trackers.HoldFinish)
        {
            SendUsage();
        }
    }

    /// <summary>Sends these chunks without their finish reasons: the reply failed, or another call continues it.</summary>
    public void DiscardFinishes()
    {
        for (var i = 0; i < trackers.Length; i++)
        {
            if (trackers[i] is { HoldsFinish: true } tracker)
            {
                SendWithoutFinish(tracker);
            }
        }

        SendUsage();
    }

    /// <summary>Gives a choice a finish reason, which waits for the end of the reply.</summary>
    /// <param name="reason">The reason as JSON.</param>
    public void HoldFinish(int index, ReadOnlySpan<byte> reason) =>
        Emit(Chunk.Read(FinishChunk(index, reason).Span, new ChunkLayout()), isReasoning: false);

    private static bool HasWords(in Chunk chunk, in ChoiceLayout choice) =>
        choice.Content.HasText && !JsonWhiteSpace.IsBlank(choice.Content.Text(chunk.Json));

    private static bool IsToken(in ChoiceLayout choice) => choice.HasContent && !choice.HasToolCalls && !choice.HasLegacyCall;

    // Counts a chunk. If a server ignores max_tokens, the choice ends here: the first token beyond the limit and all after it are not sent.
    private bool IsBeyondLimit(in ChoiceLayout choice, int index, ChoiceTracker tracker)
    {
        var isToken = IsToken(choice);
        if (isToken && !tracker.IsCut && tracker.Tokens >= format.MaxTokens)
        {
            Cut(index, tracker);
        }

        tracker.Tokens += isToken ? 1 : 0;
        return tracker.IsCut;
    }

    private void Cut(int index, ChoiceTracker tracker)
    {
        EndThinking(index);
        HoldFinish(index, FinishReasons.Json(FinishReason.Length));
        tracker.IsCut = _hasCut = true;
    }

    // Runs before a choice is edited: notes its finish reason, and text that follows an earlier one.
    private void NoteProgress(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker)
    {
        var hasText = choice.HasContent;
        HasContent |= hasText;
        tracker.NoteLegacyCall(chunk.Json, choice);
        if (hasText && tracker.Finish != FinishReason.None)
        {
            SendWithoutFinish(tracker);
            tracker.Withdraw();
        }

        if (!choice.MayBeFinished)
        {
            return;
        }

        var reason = FinishReasons.Of(chunk, choice);
        if (reason != FinishReason.None && (reason != FinishReason.Failed || tracker.Finish == FinishReason.None))
        {
            tracker.NoteFinish(reason, isAlone: !hasText);
            SendWithoutFinish(tracker); // An earlier one, which this one replaces.
        }

        if (reason == FinishReason.Failed)
        {
            Failure ??= FinishReasons.FailureOf(
                chunk.Json, choice.FinishReason, choice.Error.Exists ? choice.Error : chunk.Layout.Message);
        }
    }

    private void EditFinish(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker)
    {
        var member = choice.FinishReason;
        var json = FinishReasons.Json(FinishOf(FinishReasons.Of(chunk, choice), tracker));
        if (!member.Value(chunk.Json).SequenceEqual(json))
        {
            _splices.Add(member.ValueStart, member.ValueEnd - member.ValueStart, json);
        }
    }

    private static bool IsWhole(FinishReason reason) =>
        reason is FinishReason.Stop or FinishReason.ToolCalls or FinishReason.FunctionCall;

    // Clients look for calls in the form that the finish reason names. Some servers report a complete reply although the token limit has
    // cut a call: https://github.com/vllm-project/vllm/issues/47761
    private static FinishReason FinishOf(FinishReason reason, ChoiceTracker tracker) =>
        !IsWhole(reason) ? reason
        : tracker.HasOpenCall ? FinishReason.Length
        : tracker.ToolCalls.Count > 0 ? FinishReason.ToolCalls
        : tracker.HasLegacyCall ? FinishReason.FunctionCall
        : reason;

    // The first chunk has the role, so it is sent even if its finish reason is withdrawn.
    private void SendOrHold(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, bool isFirst = false)
    {
        var reason = FinishReasons.Of(chunk, choice);
        if (reason == FinishReason.Failed && !choice.HasContent)
        {
            return; // The end of the reply reports the failure.
        }

        if (reason is FinishReason.None or FinishReason.Failed)
        {
            Send(JoinLines());
            return;
        }

        var name = choice.FinishReason.NameStart;
        var value = _splices.Map(name) + choice.FinishReason.ValueStart - name;
        var json = FinishReasons.Json(FinishOf(reason, tracker));
        var isLong = _edited.Length > MaximumHeldLength;
        var hasUsage = chunk.Layout.HasUsage;
        var hasContent = choice.HasContent && _deltaEditor?.IsEmpty != true;
        tracker.HoldFinish(JoinLines(), value, json.Length, hasContent || isLong || isFirst, hasUsage);
        if (isLong)
        {
            SendHeldContent(IndexOf(choice), tracker);
        }
    }

    private ByteBuffer FinishChunk(int index, ReadOnlySpan<byte> reason)
    {
        var json = BeginChoice(index);
        json.Append(format.IsChat ? "\"delta\":{},\"finish_reason\":"u8 : "\"text\":\"\",\"finish_reason\":"u8);
        json.Append(reason);
        json.Append("}]}"u8);
        return json;
    }

    // Sends or holds a chunk of the relay's own.
    private void SendAdded(in Chunk chunk, int index, ChoiceTracker tracker)
    {
        BeginEdit(chunk);
        Edit(chunk, chunk.Layout.Choice(0), index, tracker, isReasoning: false);
        WriteEdited(chunk);
        SendOrHold(chunk, chunk.Layout.Choice(0), tracker);
    }

    // The choice ends: sends the calls that wait for a name, and the objects of calls without arguments, before the finish reason.
    private void SendWaitingCalls(int index)
    {
        var json = BeginChoice(index);
        json.Append("\"delta\":{\"tool_calls\":[]}}]}"u8);
        var chunk = Chunk.Read(json.Span, new ChunkLayout());
        EmitChoice(chunk, chunk.Layout.Choice(0), isReasoning: false);
    }

    // Clients parse the arguments of calls, so a call of a complete choice has at least an empty object.
    private void CompleteCalls(int index, ChoiceTracker tracker, bool isWhole)
    {
        if (tracker.ToolCalls.TryComplete(isWhole))
        {
            SendWaitingCalls(index);
        }

        if (isWhole && tracker is { LacksLegacyArguments: true, ToolCalls.Count: 0 })
        {
            var json = BeginChoice(index);
            json.Append("\"delta\":{\"function_call\":{\"arguments\":\"{}\"}}}]}"u8);
            var chunk = Chunk.Read(json.Span, new ChunkLayout());
            SendHeldContent(index, tracker);
            tracker.NoteLegacyCall(chunk.Json, chunk.Layout.Choice(0));
            SendAdded(chunk, index, tracker);
        }
    }

    private static ByteBuffer BeginChoice(int index)
    {
        var json = new ByteBuffer(128);
        json.Append("{\"choices\":[{\"index\":"u8);
        json.AppendNumber(index);
        json.Append(","u8);
        return json;
    }

    // A finish reason ends the thinking only here: some servers write one into each chunk.
    private void EndChoice(int index, ChoiceTracker tracker)
    {
        CompleteCalls(index, tracker, IsWhole(FinishOf(tracker.Finish, tracker)));
        tracker.Thinking.End();
        if (tracker.IsThinkOpen)
        {
            SendHeldContent(index, tracker);
            tracker.IsThinkOpen = false;
            var json = BeginChoice(index);
            json.Append("\"delta\":{\"content\":\"</think>\"}}]}"u8);
            SendAdded(Chunk.Read(json.Span, new ChunkLayout()), index, tracker);
        }

        tracker.TakeFinish(_edited);
        SendTaken();
    }

    private void SendWithoutFinish(ChoiceTracker tracker)
    {
        tracker.TakeWithoutFinish(_edited);
        SendTaken();
    }

    private void SendTaken()
    {
        if (_edited.Length > 0)
        {
            Send(_edited.Span);
        }
    }
}
