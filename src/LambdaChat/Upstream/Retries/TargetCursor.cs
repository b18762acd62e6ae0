using LambdaChat.Failures;
using LambdaChat.Models;

namespace LambdaChat.Upstream.Retries;

/// <summary>One call of a model while it is tried: which target is next.</summary>
/// <param name="order">The indexes of the model's targets, in the order in which they are asked.</param>
/// <param name="invoke">Asks a target once.</param>
internal sealed class TargetCursor(Model model, IReadOnlyList<int> order, Func<int, Task<EndpointResponse>> invoke)
{
    private const int AttemptsPerTarget = 2;

    private int _position;
    private int _atTarget;

    public Model Model => model;

    /// <summary>How often targets were asked.</summary>
    public int Attempts { get; private set; }

    /// <summary>True while every target that was asked said that it is scaled to zero, and all were.</summary>
    public bool IsCold { get; private set; } = true;

    /// <summary>True once each target has had its attempts.</summary>
    public bool IsExhausted => _position >= order.Count;

    /// <summary>True where the target to ask now has not been asked yet.</summary>
    public bool IsAtNewTarget => _atTarget == 0 && !IsExhausted;

    /// <summary>The target to ask now.</summary>
    public int Next()
    {
        Attempts++;
        _atTarget++;
        return order[Math.Min(_position, order.Count - 1)];
    }

    public Task<EndpointResponse> Invoke(int target) => invoke(target);

    /// <summary>Moves on: to the next target at once where asking this one again is no use.</summary>
    public void Note(ReplyFailure failure)
    {
        IsCold &= failure.Kind == FailureKind.Cold;
        if (!failure.IsTransient || _atTarget >= AttemptsPerTarget)
        {
            _position++;
            _atTarget = 0;
        }
    }

    /// <summary>Begins with the first target again.</summary>
    public void StartOver()
    {
        (_position, _atTarget, IsCold) = (0, 0, true);
    }
}
