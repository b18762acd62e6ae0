using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>Finds what changes in the texts and tool calls of a delta. The new texts are valid until the next call.</summary>
internal sealed class DeltaPlanner(string replyId)
{
    private readonly ByteBuffer _reasoningText = new(64);
    private readonly ByteBuffer _contentText = new(64);
    private readonly ByteBuffer _toolCalls = new(64);

    /// <summary>The new thinking if <see cref="DeltaPlan.IsReasoningChanged"/>, escaped as in JSON.</summary>
    public ReadOnlySpan<byte> ReasoningText => _reasoningText.Span;

    /// <summary>The new answer if <see cref="DeltaPlan.IsContentChanged"/>, escaped as in JSON.</summary>
    public ReadOnlySpan<byte> ContentText => _contentText.Span;

    /// <summary>The new array of calls if <see cref="DeltaPlan.AreToolCallsChanged"/>.</summary>
    public ReadOnlySpan<byte> ToolCalls => _toolCalls.Span;

    /// <summary>Plans the changes of one delta. Tool calls come first, because the white space before a tool call is dropped.</summary>
    /// <param name="isReasoning">True if the content is thinking.</param>
    /// <param name="plan">Receives the plan. It is not returned, because that would copy it twice.</param>
    public void Plan(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker tracker, bool isReasoning, out DeltaPlan plan)
    {
        plan = default;
        plan.Reasoning = isReasoning ? choice.Content : choice.Thinking;
        plan.Content = isReasoning ? default : choice.Content;
        if (choice.ToolCalls.Exists)
        {
            PlanToolCalls(record, choice, tracker, ref plan);
        }

        if (plan.Reasoning.HasText)
        {
            plan.IsReasoningChanged = tracker.Thinking.TryEdit(
                plan.Reasoning.Text(record), _reasoningText, isLast: plan.HasToolCalls || tracker.Finish != FinishReason.None);
        }

        PlanContent(record, choice, tracker, ref plan);
        plan.EndsThinking = plan.HasContent(record, _contentText) || plan.HasToolCalls || choice.HasRefusalOrLegacyCall;
        if (plan.EndsThinking)
        {
            tracker.Thinking.End();
        }
    }

    private void PlanToolCalls(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker tracker, ref DeltaPlan plan)
    {
        if (!choice.HasToolCalls)
        {
            plan.AreToolCallsChanged = !choice.ToolCalls.IsNull; // An empty list is dropped, or gets what waits at the end.
            _toolCalls.Clear();
            if (!choice.MayBeFinished)
            {
                tracker.ToolCalls.WriteWaiting(replyId, _toolCalls, isEnd: tracker.Finish != FinishReason.None);
                plan.HasToolCalls = _toolCalls.Length > 0;
            }

            return;
        }

        plan.AreToolCallsChanged = tracker.ToolCalls.TryEdit(choice.ToolCalls.Value(record), replyId, _toolCalls);
        plan.HasToolCalls = _toolCalls.Length > 0;
        if (plan.HasToolCalls)
        {
            tracker.Content.End();
        }
    }

    private void PlanContent(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker tracker, ref DeltaPlan plan)
    {
        if (plan.Content.HasText)
        {
            plan.IsContentChanged = tracker.Content.TryEdit(plan.Content.Text(record), _contentText);
            if (plan.HasToolCalls && JsonWhiteSpace.IsBlank(plan.IsContentChanged ? _contentText.Span : plan.Content.Text(record)))
            {
                tracker.Content.End();
                _contentText.Clear();
                plan.IsContentChanged = true;
            }
        }

        // White space is kept if it is the whole reply.
        if (tracker.Finish != FinishReason.None && tracker.Content.HasPending && tracker.ToolCalls.Count == 0)
        {
            _contentText.Clear();
            _contentText.Append(tracker.Content.TakePending());
            plan.IsContentChanged = true;
        }
    }
}

/// <summary>What changes in a delta.</summary>
internal struct DeltaPlan
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
