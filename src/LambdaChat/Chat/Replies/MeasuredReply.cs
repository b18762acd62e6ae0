using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.SageMaker;

namespace LambdaChat.Chat.Replies;

/// <summary>What is known of a reply when it begins, and what was counted on its way.</summary>
internal sealed class MeasuredReply(Model model, long start, long allocated)
{
    public Model Model { get; } = model;

    /// <summary>When it began, as the clock's timestamp.</summary>
    public long Start { get; } = start;

    /// <summary>Bytes that the process had allocated by then.</summary>
    public long Allocated { get; } = allocated;

    /// <summary>The index of the target that was asked last, and how often any was.</summary>
    public int Target { get; private set; }

    public int Attempts { get; private set; }

    /// <summary>What the table of limits said.</summary>
    public string Store { get; set; } = StoreVerdict.None.Name();

    /// <summary>Records passed on.</summary>
    public int Events { get; set; }

    /// <summary>The most bytes that were written and not sent.</summary>
    public long Held { get; set; }

    public void Note(InvocationReply reply) => (Target, Attempts) = (reply.Target, reply.Attempts);
}
