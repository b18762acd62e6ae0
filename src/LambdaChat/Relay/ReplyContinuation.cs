using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Continuations;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>
/// Continues a reply whose call failed after its first text, with a call of another target or of the same one. It decides whether this is
/// possible, and prepares the call.
/// </summary>
/// <param name="request">The first call of the reply.</param>
internal sealed class ReplyContinuation(RelayRequest request)
{
    private const int MaximumCalls = 2; // SageMaker's time limit of a stream does not count.

    private HashSet<int>? _failed; // The targets that are not called again.
    private ReplyFailure? _repaired; // The failure that the last call repairs.
    private bool _keepsLastWord; // The last call continued after the last character.
    private int _piecesBefore; // The pieces of the text before the last call.
    private int _calls;

    /// <summary>The next call; null if none was prepared.</summary>
    public RelayRequest? Next { get; private set; }

    /// <summary>True if the last call failed because of its target.</summary>
    public bool IsTargetAtFault { get; private set; }

    /// <summary>The text that the next call continues.</summary>
    public KeptText Kept { get; private set; } = null!;

    /// <summary>The targets that must not be called.</summary>
    public IReadOnlyCollection<int>? Excluded { get; private set; }

    /// <summary>Prepares the next call after a failure; false if the reply cannot continue.</summary>
    /// <param name="target">The index of the target that failed.</param>
    public bool TryPrepare(ReplyFailure failure, int target, ChunkNormalizer chunks)
    {
        Next = null;
        if (chunks is not { Text: { IsUsable: true } text, Joint: not { State: JointState.StartsAnew } }
            || !ContinuableFailures.Contains(failure))
        {
            return false;
        }

        // At a higher temperature, the model may choose another word than the one that was sent.
        var differs = chunks.Joint is { State: JointState.Differs };
        if ((differs && _keepsLastWord) || !TryCountCall(failure, text.Count))
        {
            return false;
        }

        var isRejoined = differs || (_repaired is not null && chunks.Joint is { IsJoined: false });
        if (!differs)
        {
            NoteFailure(failure, target);
        }

        if (text.Cut(chunks.Joint?.OtherText) is not { } kept || !TryCreate(kept))
        {
            return false;
        }

        _repaired = isRejoined ? _repaired : failure;
        IsTargetAtFault = !differs && failure.Kind != FailureKind.ModelTimeout;
        (_keepsLastWord, _piecesBefore) = (differs, text.Count);
        return true;
    }

    /// <summary>Notes that a target failed, so that it is not called again unless only the connection failed.</summary>
    public void NoteFailure(ReplyFailure failure, int target)
    {
        if (!ContinuableFailures.MayBeSameTarget(failure))
        {
            (_failed ??= []).Add(target);
        }
    }

    /// <summary>Prepares another call after targets refused to continue or did not respond; false if the reply cannot continue.</summary>
    /// <param name="called">The indexes of the targets that were called: the time for retries may have ended before the others.</param>
    public bool TryOther(IEnumerable<int> called)
    {
        (_failed ??= []).UnionWith(called);
        return TryCountCall() && TryCreate(Kept);
    }

    /// <summary>The failure to report: that of a reply, and not of a continuation that never began.</summary>
    /// <param name="chunks">Of the last call; null if the reply has none.</param>
    public ReplyFailure Report(ReplyFailure failure, ChunkNormalizer? chunks) =>
        _repaired is not null && chunks is { Joint: not { IsJoined: true } } ? _repaired : failure;

    // SageMaker's time limit does not count if the call has sent text.
    private bool TryCountCall(ReplyFailure failure, int pieces) =>
        (failure.Kind == FailureKind.ModelTimeout && pieces > _piecesBefore) || TryCountCall();

    private bool TryCountCall() => ++_calls <= MaximumCalls;

    private bool TryCreate(KeptText kept)
    {
        var targets = request.Model.Targets;
        var usable = Enumerable.Range(0, targets.Count).Where(i => _failed?.Contains(i) != true && CanContinue(targets[i], kept)).ToList();
        if (usable.Count == 0)
        {
            return false;
        }

        // One body fits the targets with the same setting.
        var mode = targets[usable[0]].Continuation;
        if (request.ContinuedBody!(mode.Mode, kept) is not { } body)
        {
            return false;
        }

        Kept = kept;
        Excluded = [.. Enumerable.Range(0, targets.Count).Where(i => !usable.Contains(i) || targets[i].Continuation != mode)];
        Next = request with
        {
            Body = body,
            Mode = request.Mode == CallMode.Plain ? CallMode.Stream : request.Mode,
        };
        return true;
    }

    private static bool CanContinue(Target target, KeptText kept) =>
        target.Continuation.Mode != ContinuationMode.Off && (!kept.IsInThinking || target.Continuation.ContinuesThinking);
}
